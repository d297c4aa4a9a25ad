"""Pages of sign-in and of the accounts."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from survey import clock, web
from survey.accounts import access, people, sign_ins
from survey.accounts.forms import (
    AccountForm,
    NewPasswordForm,
    OwnPasswordForm,
    SelectChoice,
    SignInForm,
)
from survey.db import db
from survey.models import ROLES, Account

bp = Blueprint("accounts", __name__)


@bp.route("/dang-nhap", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    """Sign a member of staff in."""
    target = web.local_path(request.values.get("next"))
    here = access.visitor()
    if here is not None and request.method == "GET":
        return redirect(target or access.home_of(here.account), code=303)
    form = SignInForm()
    form.next.data = target or ""
    status, headers = 200, {}
    if form.validate_on_submit():
        try:
            account = _checked(form.text("email"), form.text("password"))
        except sign_ins.Throttled as refused:
            status, headers = 429, {"Retry-After": str(_seconds(refused.wait))}
            form.tell(None, _wait_words(refused.wait))
        else:
            if account is not None:
                token = sign_ins.begin(db.session, account, clock.now())
                db.session.commit()
                _enter(token, account)
                return redirect(target or access.home_of(account), code=303)
            status = 422
            web.log.info("sign-in refused")
            form.tell(None, _("Thư điện tử hoặc mật khẩu chưa đúng. Xin nhập lại."))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        language_url=web.language_url(),
    )
    return page, status, headers


def _checked(email: str, password: str) -> Account | None:
    """The account of this name and password; failures are kept whatever follows."""
    attempt = sign_ins.Attempt(
        email=email,
        network=request.remote_addr or "",
        secret=web.settings().secret(),
    )
    try:
        return sign_ins.check_password(
            db.session, attempt, password, now=clock.now(), pause=db.session.commit
        )
    except sign_ins.Throttled:
        db.session.rollback()
        raise


def _enter(token: str, account: Account) -> None:
    """Begin a browser session that shares nothing with the one before (fixation)."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(access.Visitor(token, account))
    # A hash of address and browser that Flask-Login adds and nobody reads here.
    session.pop("_id", None)
    session[access.SEEN_AT] = int(clock.now().timestamp())
    web.log.info("signed in", account=account.id)


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds()) + 1


def _wait_words(wait: timedelta) -> str:
    seconds = _seconds(wait)
    if seconds <= 90:
        words = _("Đã sai quá nhiều lần. Xin thử lại sau %(n)s giây.", n=seconds)
    else:
        minutes = -(-seconds // 60)
        words = _("Đã sai quá nhiều lần. Xin thử lại sau %(n)s phút.", n=minutes)
    return str(words)


@bp.post("/dang-xuat")
@access.public
def sign_out() -> ResponseReturnValue:
    """Sign out: the server forgets the sign-in, so copies of the cookie end too."""
    token = session.get("_user_id")
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    if isinstance(token, str):
        sign_ins.sign_out(db.session, token)
        db.session.commit()
        flash(_("Đã đăng xuất."), "success")
    return redirect(url_for(".sign_in"), code=303)


@bp.get("/quan-tri/tai-khoan")
@access.requires("admin", "auditor")
def list_people() -> ResponseReturnValue:
    """Show the accounts within reach."""
    accounts = sa.select(Account).order_by(Account.is_active.desc(), Account.email)
    reach = access.scope(db.session)
    if reach is not None:
        accounts = accounts.where(Account.unit_id.in_(reach))
    return render_template(
        "accounts/people.html",
        people=db.session.scalars(accounts).all(),
        role_names=access.ROLE_NAMES,
    )


@bp.route("/quan-tri/tai-khoan/them", methods=["GET", "POST"])
@access.requires("admin")
def add_person() -> ResponseReturnValue:
    """Make an account."""
    form = AccountForm()
    form.unit.choices = _unit_choices()
    if form.validate_on_submit():
        try:
            made = people.add_account(
                db.session,
                form.text("email"),
                role=form.text("role"),
                unit_id=int(form.text("unit")) if form.text("unit") else None,
                password=form.text("new_password"),
                now=clock.now(),
            )
        except people.AccountsError as error:
            form.tell(error.field, str(error))
        else:
            web.log.info("account made", account=made.id, by=access.current().id)
            flash(_("Đã tạo tài khoản %(email)s.", email=made.email), "success")
            db.session.commit()
            return redirect(url_for(".list_people"), code=303)
    page = render_template(
        "accounts/add_person.html", form=form, notes=access.ROLE_NOTES
    )
    return page, 422 if form.errors else 200


def _unit_choices() -> list[SelectChoice]:
    choices = [
        SelectChoice(str(unit.id), "\N{EM SPACE}" * depth + unit.name)
        for unit, depth in access.units_in_reach(db.session)
    ]
    if access.current().unit_id is None:
        choices.insert(0, SelectChoice("", _("Toàn bộ cơ quan, đơn vị")))
    return choices


def _person(account_id: int) -> Account:
    """An account within reach, or a 404."""
    account = db.session.get(Account, account_id) if account_id < 2**31 else None
    if account is None or not access.may_read(db.session, account.unit_id):
        abort(404)
    return account


@bp.get("/quan-tri/tai-khoan/<int:account_id>")
@access.requires("admin")
def person(account_id: int) -> ResponseReturnValue:
    """Show one account and what can be done about it."""
    return _person_page(_person(account_id), NewPasswordForm()), 200


def _person_page(account: Account, form: NewPasswordForm) -> str:
    return render_template(
        "accounts/person.html",
        person=account,
        form=form,
        is_self=account.id == access.current().id,
        role_names=access.ROLE_NAMES,
    )


@bp.post("/quan-tri/tai-khoan/<int:account_id>/khoa")
@access.requires("admin")
def disable_person(account_id: int) -> ResponseReturnValue:
    """Shut an account out."""
    account = _person(account_id)
    if account.id == access.current().id:
        flash(
            _("Không tự khóa được tài khoản của mình; xin nhờ người quản trị khác."),
            "error",
        )
        return redirect(url_for(".person", account_id=account_id), code=303)
    try:
        people.disable(db.session, account)
    except people.AccountsError as error:
        flash(str(error), "error")
        return redirect(url_for(".person", account_id=account_id), code=303)
    web.log.info("account disabled", account=account.id, by=access.current().id)
    flash(_("Đã khóa tài khoản %(email)s.", email=account.email), "success")
    db.session.commit()
    return redirect(url_for(".list_people"), code=303)


@bp.post("/quan-tri/tai-khoan/<int:account_id>/mo-khoa")
@access.requires("admin")
def enable_person(account_id: int) -> ResponseReturnValue:
    """Let a disabled account in again."""
    account = _person(account_id)
    people.enable(db.session, account)
    web.log.info("account enabled", account=account.id, by=access.current().id)
    flash(_("Đã mở khóa tài khoản %(email)s.", email=account.email), "success")
    db.session.commit()
    return redirect(url_for(".list_people"), code=303)


@bp.post("/quan-tri/tai-khoan/<int:account_id>/mat-khau")
@access.requires("admin")
def give_password(account_id: int) -> ResponseReturnValue:
    """Give another account a new password."""
    account = _person(account_id)
    if account.id == access.current().id:
        # One's own is changed with the old one in hand.
        return redirect(url_for(".own_password"), code=303)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            people.set_password(db.session, account, form.text("new_password"))
        except people.AccountsError as error:
            form.tell(error.field, str(error))
        else:
            web.log.info("password set", account=account.id, by=access.current().id)
            flash(
                _("Đã đặt mật khẩu mới cho %(email)s.", email=account.email), "success"
            )
            db.session.commit()
            return redirect(url_for(".list_people"), code=303)
    return _person_page(account, form), 422


@bp.route("/quan-tri/mat-khau", methods=["GET", "POST"])
@access.requires(*ROLES)
def own_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = OwnPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            token, account = _changed(form)
        except sign_ins.Throttled as refused:
            status = 429
            form.tell(None, _wait_words(refused.wait))
        except people.AccountsError as error:
            form.tell(error.field, str(error))
        else:
            db.session.commit()
            _enter(token, account)
            flash(_("Đã đổi mật khẩu. Những nơi khác đã bị đăng xuất."), "success")
            return redirect(url_for(".own_password"), code=303)
    if form.errors and status == 200:
        status = 422
    return render_template("accounts/own_password.html", form=form), status


def _changed(form: OwnPasswordForm) -> tuple[str, Account]:
    email = access.current().email
    account = _checked(email, form.text("current_password"))
    if account is None:
        raise people.AccountsError(
            _("Mật khẩu đang dùng chưa đúng. Xin nhập lại."), "current_password"
        )
    token = people.change_password(
        db.session, account, form.text("new_password"), now=clock.now()
    )
    return token, account
