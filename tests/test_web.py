"""The manners every page has, whoever asks and however the request looks."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from survey import create_app, web
from survey.models import Draft
from tests import cast
from tests.conftest import dispose, settings_for
from tests.strict import StrictClient

HEADERS = dict(web.SECURITY_HEADERS)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(cast.NOW):
        yield


@pytest.fixture
def behind(tmp_path, database_url) -> Iterator[Flask]:
    """The application behind one declared proxy, at an address of its own."""
    app = create_app(
        settings_for(
            tmp_path,
            database_url,
            trusted_proxies=1,
            public_url="https://khaosat.example.gov.vn",
        )
    )
    app.config["TESTING"] = True
    app.test_client_class = StrictClient
    yield app
    dispose(app)


@pytest.fixture
def token(session, world) -> str:
    return cast.link(session, world.wave, world.trade, kind="dossier")


def static_address(client: FlaskClient, name: str) -> str:
    return re.search(rf'"(/static/\w+/{name})"', client.get("/tro-nang").text)[1]


def raw(app: Flask, path: str, **environ: object) -> tuple[int, str]:
    """Answer to a request as a server would hand it over; its status and body."""
    base = EnvironBuilder(path, method="POST").get_environ()
    base |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", **environ}
    body, status, _ = run_wsgi_app(app, base, buffered=True)
    return int(status.split()[0]), b"".join(body).decode()


# ---------- headers


def test_every_answer_carries_the_headers_of_safety(client, token):
    answers = [
        client.get("/"),
        client.get(f"/p/{token}"),
        client.get(f"/p/{token}/A"),
        client.get("/p/XXXX"),
        client.get("/dot-khao-sat/"),
        client.get("/no-such-page"),
        client.get("/healthz"),
        client.get("/readyz"),
        client.get(static_address(client, "survey.css"), buffered=True),
        client.post("/", data={}),
        client.post("/", data=b"x" * 300_000),
        client.post("/", headers={"Transfer-Encoding": "chunked"}),
        client.delete("/"),
        client.get("/", headers={"Host": "evil.example"}),
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [
        *(200, 200, 303, 404, 303, 404, 200, 200, 200),
        *(400, 413, 411, 405, 400),
    ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "Strict-Transport-Security" not in answer.headers
        assert "Server" not in answer.headers


def test_the_policy_allows_nothing_inline_and_nobody_else():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "//" not in policy
    assert "*" not in policy
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["base-uri"] == "'none'"


def test_no_shared_cache_keeps_a_page(client, session, token):
    for address in ("/", "/xac-minh", f"/p/{token}", "/dang-nhap"):
        answer = client.get(address)
        assert "Cookie" in answer.headers["Vary"]
        kept = answer.headers["Cache-Control"]
        assert "no-store" in kept or "private" in kept
        assert "public" not in kept
        assert "max-age" not in kept
    cast.sign_in(client, session, "admin")
    assert client.get("/dot-khao-sat/").headers["Cache-Control"] == "no-store"
    assert client.get("/p/unknown").headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_a_year_because_their_address_changes(client):
    for name in ("survey.css", "survey.js", "be-vietnam-pro-400.woff2"):
        answer = client.get(static_address(client, name), buffered=True)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert f"max-age={365 * 24 * 3600}" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_no_file_outside_the_folder_of_files_is_served(client):
    prefix = static_address(client, "survey.css").rpartition("/")[0]
    for name in ("../web.py", "..%2fweb.py", "%2e%2e/web.py", "", ".", "nothing.css"):
        assert client.get(f"{prefix}/{name}").status_code == 404


# ---------- hosts and proxies


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "[::2]",
        "a b",
    ],
)
def test_a_foreign_host_is_refused(client, token, host):
    for address in ("/", f"/p/{token}", "/dang-nhap", "/nothing"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000"])
def test_the_own_host_is_taken_at_any_port(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "666",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/dang-nhap",
    "X-HTTP-Method-Override": "DELETE",
}


def test_without_a_declared_proxy_forwarded_headers_mean_nothing(client, token):
    plain, forged = client.get("/"), client.get("/", headers=FORGED)
    assert forged.status_code == 200
    assert "evil" not in forged.text
    assert "Strict-Transport-Security" not in forged.headers
    assert forged.text.replace(csrf_of(forged), "") == plain.text.replace(
        csrf_of(plain), ""
    )
    entered = client.get(f"/p/{token}/A", headers=FORGED)
    assert entered.location == f"/p/{token}"


def csrf_of(answer) -> str:
    return re.search(r'name="csrf_token" value="([^"]*)"', answer.text)[1]


def posts_until_limited(client, addresses) -> int:
    """How many wrong codes may be sent from these addresses; None if any number."""
    csrf = csrf_of(client.get("/", headers={"Referer": "https://localhost/"}))
    for sent, address in enumerate(addresses):
        answer = client.post(
            "/",
            data={"csrf_token": csrf, "code": "x"},
            headers={"X-Forwarded-For": address, "Referer": "https://localhost/"},
        )
        if answer.status_code == 429:
            return sent
        assert answer.status_code == 422
    return len(addresses)


def test_a_forged_address_does_not_escape_the_limit(client):
    assert posts_until_limited(client, [f"10.0.0.{n}" for n in range(70)]) == 60


def test_behind_a_proxy_the_limit_counts_the_address_it_saw(behind):
    client = behind.test_client()
    assert posts_until_limited(client, [f"10.0.0.{n}" for n in range(70)]) == 70
    assert posts_until_limited(client, ["10.9.9.9"] * 70) == 60
    # What a client claims stands before what the proxy saw.
    claimed = [f"1.1.1.{n}, 10.8.8.8" for n in range(70)]
    assert posts_until_limited(client, claimed) == 60
    # Of one IPv6 network, every machine.
    network = [f"2001:db8:1:2::{n:x}" for n in range(70)]
    assert posts_until_limited(client, network) == 60


def test_behind_tls_the_cookie_is_bound_to_the_host(behind, session, world):
    token = cast.link(session, world.wave, world.trade, kind="counter")
    client = behind.test_client()
    answer = client.get(
        f"/p/{token}",
        headers={"X-Forwarded-Proto": "https", "Host": "khaosat.example.gov.vn"},
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-survey=")
    for part in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == f"max-age={web.YEAR}"


def test_without_tls_the_cookie_is_still_closed_to_scripts(client, token):
    cookie = client.get(f"/p/{token}").headers["Set-Cookie"]
    assert cookie.startswith("survey=")
    for part in ("; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert part in cookie
    assert "; Secure" not in cookie


def test_a_forwarded_host_is_never_used(behind):
    client = behind.test_client()
    headers = {**FORGED, "Host": "khaosat.example.gov.vn"}
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200
    assert "evil" not in answer.text
    refused = client.get("/", headers={"Host": "evil.example"})
    assert refused.status_code == 400


# ---------- bodies


class Cut(io.BytesIO):
    """A body whose sender went away: read gives less than was promised."""


def test_a_body_that_arrives_by_half_is_refused_and_stores_nothing(
    app, client, session, token
):
    page = client.get(f"/p/{token}")
    body = f"csrf_token={csrf_of(page)}&consent=yes&key=".encode()
    cookie = client.get_cookie("survey").value
    for cut in (b"", body[:10], body[:-1]):
        status, text = raw(
            app,
            f"/p/{token}/gioi-thieu",
            HTTP_COOKIE=f"survey={cookie}",
            CONTENT_LENGTH=str(len(body)),
            **{"wsgi.input": Cut(cut)},
        )
        assert status == 400
        assert "chưa lưu gì" in text
        assert "nothing was stored" in text
    assert session.scalar(sa.select(sa.func.count(Draft.id))) == 0
    session.rollback()
    whole = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    status, _ = raw(
        app, f"/p/{token}/gioi-thieu", HTTP_COOKIE=f"survey={cookie}", **whole
    )
    assert status == 303


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"HTTP_TRANSFER_ENCODING": "gzip, chunked", "CONTENT_LENGTH": "3"}, 411),
        ({"CONTENT_LENGTH": "x"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "1e3"}, 400),
        ({"CONTENT_LENGTH": str(256 * 1024 + 1)}, 413),
        ({"CONTENT_LENGTH": "99999999999999999999"}, 413),
    ],
)
def test_a_body_without_an_honest_length_is_refused_unread(app, environ, status):
    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError("was read")

    given_status, text = raw(app, "/", **environ, **{"wsgi.input": Unread()})
    assert given_status == status
    assert "chưa lưu gì" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_other_methods_are_refused(app, client, token, method):
    assert client.open(f"/p/{token}/A", method=method).status_code in (400, 405)
    assert client.open("/", method=method).status_code in (400, 405)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\nno end"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=", b"----"),
        ("application/json", b'{"code": "x"}'),
        ("application/x-www-form-urlencoded", b"\xff\xfe%%%&&&===;;;"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"code=+AGE-"),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"),
        ("", b"code=x"),
        ("\u00e9", b"code=x"),
    ],
)
def test_garbage_is_refused_quietly(app, content_type, body):
    status, text = raw(
        app,
        "/",
        CONTENT_TYPE=content_type.encode("utf-8").decode("latin-1"),
        CONTENT_LENGTH=str(len(body)),
        **{"wsgi.input": io.BytesIO(body)},
    )
    assert status == 400
    assert "chưa lưu được" in text


def test_a_form_of_very_many_parts_is_refused(app):
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = part * 1500 + b"--x--"
    status, text = raw(
        app,
        "/",
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(len(body)),
        **{"wsgi.input": io.BytesIO(body)},
    )
    assert status == 413
    assert "Nội dung quá lớn" in text


# ---------- CSRF and refusals


def test_every_post_needs_a_token_of_its_session(app, client, token):
    other = app.test_client()
    foreign = csrf_of(other.get("/"))
    client.get("/")
    for address in ("/", "/xac-minh", "/ngon-ngu", "/dang-nhap", f"/p/{token}/A"):
        for fields in ({}, {"csrf_token": ""}, {"csrf_token": foreign}):
            assert client.post(address, data=fields).status_code == 400
        query = {"csrf_token": csrf_of(client.get("/"))}
        assert client.post(address, query_string=query).status_code == 400


def test_the_page_of_refusal_never_gives_back_a_password(client):
    sent = {"email": "a@example.gov.vn", "password": "bí mật của tôi"}
    answer = client.post("/dang-nhap", data=sent)
    assert answer.status_code == 400
    assert "bí mật" not in answer.text
    assert "a@example.gov.vn" in answer.text


def test_a_refusal_says_what_to_do_next(client):
    for status, answer in (
        (404, client.get("/khong-co")),
        (405, client.post("/tro-nang", data={"csrf_token": cast.csrf(client)})),
    ):
        assert answer.status_code == status
        title, advice = web.REFUSALS[status]
        assert str(title) in answer.text
        assert str(advice) in answer.text
    assert "GET" in answer.headers["Allow"]


def test_refusals_speak_the_readers_language(client):
    client.post("/ngon-ngu", data={"csrf_token": cast.csrf(client), "language": "en"})
    answer = client.get("/nothing")
    assert 'lang="en"' in answer.text
    assert "Không tìm thấy" not in answer.text


def test_a_refusal_is_read_in_the_other_language_by_one_press(client):
    refused = client.get("/nothing?a=1&b=2")
    (address,) = re.findall('action="(/ngon-ngu[^"]+)"', refused.text)
    query = html.unescape(address)
    sent = {"csrf_token": csrf_of(refused), "language": "en"}
    answer = client.post(query, data=sent, follow_redirects=True)
    assert answer.request.full_path == "/nothing?a=1&b=2"
    assert 'lang="en"' in answer.text


def test_a_refusal_that_gives_back_what_was_typed_is_not_left_by_a_press(client):
    assert "/ngon-ngu" not in client.post("/dang-nhap", data={"email": "a"}).text


# ---------- where to go next

symbols = st.text(
    alphabet=st.sampled_from("/\\:@?#.%\t\n\r ae1") | st.characters(), max_size=12
)


def browser_host(target: str) -> str | None:
    """The host a browser goes to from our page, reading an address as WHATWG does."""
    read = re.sub(r"[\t\n\r]", "", target.strip("".join(map(chr, range(33)))))
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", read)
    if scheme:
        return scheme[0]
    read = read.replace("\\", "/")
    try:
        return urlsplit(urljoin("https://our.example/page", read)).hostname
    except ValueError:
        return "?"


@given(st.just("/") | symbols | symbols.map(lambda text: f"/{text}"))
def test_next_is_a_path_of_ours_or_nothing(target):
    found = web.local_path(target)
    if found is not None:
        assert found == target
        assert browser_host(found) == "our.example"


@pytest.mark.parametrize(
    "target",
    [
        *("", None, "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("https://evil.example", "javascript:alert(1)", "///evil.example", "a/b"),
        *(
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "/\\/evil.example",
        ),
    ],
)
def test_next_never_leads_elsewhere(app, target):
    client = app.test_client()
    assert web.local_path(target) is None
    answer = client.post(
        "/ngon-ngu",
        query_string={"next": target} if target else {},
        data={"csrf_token": cast.csrf(client), "language": "en"},
    )
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("target", ["/", "/xac-minh", "/p/ABC?x=1", "/a//b", "/é"])
def test_next_leads_to_every_path_of_ours(target):
    assert web.local_path(target) == target


# ---------- watchdogs


def test_a_watchdog_learns_that_the_process_and_the_database_answer(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    for address in ("/healthz", "/readyz"):
        assert client.get(address).headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in client.get(address).headers


def test_counts_are_for_a_collector_on_this_machine_only(client, session, token):
    text = client.get("/metrics").text
    assert "survey_links 1" in text
    assert "survey_responses_total 0" in text
    away = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert away.status_code == 404
    through = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert through.status_code == 404
