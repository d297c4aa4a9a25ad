"""Invented answers: the same for the same seed, believable, and gone when asked."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, demo, keyholes, tallies, workdays
from survey.demo.answers import _desks, _months, _random
from survey.demo.respondents import Crowd
from survey.models import (
    Account,
    Contact,
    Dossier,
    Draft,
    Invitation,
    Link,
    PaperForm,
    Procedure,
    Response,
    Tally,
    Unit,
    Wave,
)
from survey.questionnaire import completeness, derived, shown
from tests import cast

TODAY = date(2026, 8, 27)


@pytest.fixture
def wave(session: Session) -> Wave:
    """The sample office, put up beside nothing."""
    catalogue.publish_packaged(session, now=cast.NOW)
    wave = demo.furnish(session, today=TODAY)
    session.commit()
    return wave


def answer(session: Session, wave: Wave, number: int, seed: int = 7) -> None:
    for _ in demo.respond(session, wave, responses=number, seed=seed, today=TODAY):
        session.commit()


def figures(session: Session, wave: Wave) -> int:
    return tallies.total(session, wave.id, tallies.Selection())


def test_the_same_seed_gives_the_same_figures(session: Session, wave: Wave) -> None:
    answer(session, wave, 60)
    first = figures(session, wave)
    demo.remove(session)
    wave = demo.furnish(session, today=TODAY)
    answer(session, wave, 60)

    assert figures(session, wave) == first


def test_many_small_runs_make_what_one_large_run_makes(
    session: Session, wave: Wave
) -> None:
    answer(session, wave, 45)
    at_once = figures(session, wave)
    demo.remove(session)
    wave = demo.furnish(session, today=TODAY)
    for size in (10, 30, 5):
        answer(session, wave, size)

    assert figures(session, wave) == at_once


def test_another_seed_gives_other_figures(session: Session, wave: Wave) -> None:
    answer(session, wave, 40, seed=1)
    first = figures(session, wave)
    demo.remove(session)
    wave = demo.furnish(session, today=TODAY)
    answer(session, wave, 40, seed=2)

    assert figures(session, wave) != first


def test_the_tallies_agree_with_the_invented_responses(
    session: Session, wave: Wave
) -> None:
    answer(session, wave, 200)

    assert tallies.differences(session, wave) == []
    assert tallies.differences_invited(session, wave) == []


def test_every_answer_respects_the_routing_of_its_own_facts(
    session: Session, wave: Wave
) -> None:
    answer(session, wave, 200)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)

    for response in session.scalars(sa.select(Response)):
        routed = shown(questionnaire, response.facts)
        for code, value in response.answers.items():
            assert (value == "not_asked") is not routed[code].is_shown
            if value == "not_applicable":
                assert routed[code].offers_not_applicable
        assert response.status == completeness(response.answers)


def test_no_date_of_a_dossier_is_kept_with_an_answer(
    session: Session, wave: Wave
) -> None:
    answer(session, wave, 100)

    for facts in session.scalars(sa.select(Response.facts)):
        assert not any(derived.day(str(value)) for value in facts.values())


def test_answers_are_mixed_as_those_of_a_real_survey(
    session: Session, wave: Wave
) -> None:
    answer(session, wave, 800)
    rows = session.scalars(sa.select(Response)).all()

    def share(name: str, value: str) -> float:
        return Counter(getattr(row, name) for row in rows)[value] / len(rows)

    assert 0.88 < share("status", "complete") < 0.98
    assert 0.01 < share("status", "partial") < 0.09
    assert 0.01 < share("status", "break_off") < 0.06
    assert 0.45 < share("origin", "dossier") < 0.65
    assert 0.02 < share("language", "en") < 0.09
    assert 0.35 < share("channel", "online") < 0.7
    assert {row.month for row in rows} == {
        "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"
    }  # fmt: skip
    assert all(row.is_sample for row in rows)
    assert len({row.unit_id for row in rows}) >= 4


def test_late_results_are_rated_lower(session: Session, wave: Wave) -> None:
    answer(session, wave, 800)
    means = {}
    for is_late in ("yes", "no"):
        levels = [
            int(row.answers["D1"])
            for row in session.scalars(sa.select(Response))
            if row.facts.get("late") == is_late and row.answers["D1"].isdecimal()
        ]
        means[is_late] = sum(levels) / len(levels)

    assert means["yes"] < means["no"] - 0.7


def test_a_few_respondents_are_careless(session: Session, wave: Wave) -> None:
    answer(session, wave, 800)
    alike = sum(
        len({value for value in answers.values() if value.isdecimal()}) == 1
        for answers in session.scalars(
            sa.select(Response.answers).where(Response.status == "complete")
        )
    )

    assert 0.005 < alike / 800 < 0.08


def test_the_short_questionnaire_can_be_answered_too(
    session: Session, wave: Wave
) -> None:
    questionnaire = catalogue.questionnaire(session, "loi-2026-1")
    crowd = Crowd(questionnaire, workdays.packaged())
    desk = _desks(session, wave)[0]
    months = _months(wave, TODAY, workdays.packaged())

    forms = [crowd.form(_random(3, n), desk.case, months[-1]) for n in range(50)]

    asked = {fact.code for fact in questionnaire.facts}
    for form in forms:
        assert set(form.answers) == {one.code for one in questionnaire.criteria}
        assert {name for name in form.values if name.startswith("F")} <= asked


def test_a_form_depends_on_its_random_source_alone(
    session: Session, wave: Wave
) -> None:
    crowd = Crowd(
        catalogue.questionnaire(session, wave.questionnaire_id), workdays.packaged()
    )
    desk = _desks(session, wave)[3]
    month = _months(wave, TODAY, workdays.packaged())[0]

    assert crowd.form(_random(5, "one"), desk.case, month) == crowd.form(
        _random(5, "one"), desk.case, month
    )


def test_the_sample_goes_in_one_step_and_leaves_real_data_untouched(
    session: Session, world: cast.World
) -> None:
    cast.link(session, world.wave, world.trade)
    kept = {
        noun: session.scalar(sa.select(sa.func.count()).select_from(noun))
        for noun in (Unit, Procedure, Wave, Link, Response, Tally, Invitation)
    }
    wave = demo.furnish(session, today=TODAY)
    demo.counter_link(session, wave, today=TODAY)
    demo.dossiers(session, wave, seed=1, today=TODAY)
    link = session.scalars(sa.select(Link).where(Link.is_sample)).first()
    assert link is not None
    session.add(
        Draft(
            key="k",
            link_id=link.id,
            language="vi",
            next_page="A",
            touched_at=cast.NOW,
        )
    )
    session.add(
        Contact(
            id="c",
            wave_id=wave.id,
            unit_id=wave.unit_id,
            name="Lê",
            reach="0",
            delete_on=TODAY,
        )
    )
    staff = cast.account(session, "admin")
    session.add(
        PaperForm(
            wave_id=wave.id,
            number="1",
            unit_id=wave.unit_id,
            month="2026-08",
            first_by=staff.id,
        )
    )
    answer(session, wave, 30)

    removed = demo.remove(session)
    session.commit()

    assert removed.responses == 30
    assert {
        noun: session.scalar(sa.select(sa.func.count()).select_from(noun))
        for noun in kept
    } == kept
    for noun in (Dossier, Draft, Contact, PaperForm):
        assert session.scalar(sa.select(sa.func.count()).select_from(noun)) == 0


def test_what_real_data_use_stays_marked_and_says_what_uses_it(
    session: Session, wave: Wave
) -> None:
    energy = session.scalars(sa.select(Unit).where(Unit.code == "NL")).one()
    cast.account(session, "analyst", energy.id)

    removed = demo.remove(session)
    session.commit()

    units = {unit.code: unit.is_sample for unit in session.scalars(sa.select(Unit))}
    assert units == {"NL": True, "SCT": True, "UBND": True}
    assert {kept.code: kept.used_by for kept in removed.kept_units} == {
        "NL": ("accounts",),
        "SCT": ("units",),
        "UBND": ("units",),
    }
    assert removed.kept_procedures == ()
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_a_sample_procedure_that_a_real_link_names_stays_marked(
    session: Session, wave: Wave
) -> None:
    procedure = session.scalars(sa.select(Procedure).order_by(Procedure.id)).first()
    assert procedure is not None
    real = Wave(
        id="that",
        title="Đợt thật",
        questionnaire_id=wave.questionnaire_id,
        unit_id=procedure.unit_id,
        opens_on=TODAY,
        closes_on=TODAY,
    )
    session.add(real)
    session.flush()
    cast.link(session, "that", procedure.unit_id, procedure_id=procedure.id)
    code = procedure.code

    removed = demo.remove(session)
    session.commit()

    (kept,) = removed.kept_procedures
    assert (kept.code, kept.used_by) == (code, ("links",))
    assert session.scalars(sa.select(Procedure.is_sample)).all() == [True]


def test_the_sample_account_that_entered_real_paper_is_shut_not_lost(
    session: Session, world: cast.World
) -> None:
    demo.furnish(session, today=TODAY)
    made = cast.account(session, "admin", email=demo.ACCOUNT)
    session.add(
        PaperForm(
            wave_id=world.wave,
            number="1",
            unit_id=world.trade,
            month="2026-08",
            first_by=made.id,
        )
    )
    session.commit()

    removed = demo.remove(session)
    session.commit()

    assert removed.kept_account
    accounts = session.execute(sa.select(Account.email, Account.is_active)).all()
    assert accounts == [(demo.ACCOUNT, False)]


def test_imported_sample_dossiers_are_invited_once(
    session: Session, wave: Wave
) -> None:
    tokens = demo.dossiers(session, wave, seed=1, today=TODAY)
    again = demo.dossiers(session, wave, seed=1, today=TODAY)

    assert len(tokens) == 40
    assert again == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Dossier)) == 40


def test_a_dossier_response_has_its_spent_link(session: Session, wave: Wave) -> None:
    answer(session, wave, 120)
    from_dossiers = session.scalar(
        sa.select(sa.func.count())
        .select_from(Response)
        .where(Response.origin == "dossier")
    )
    spent = session.scalar(
        sa.select(sa.func.count()).select_from(Link).where(keyholes.IS_SPENT)
    )

    assert from_dossiers == spent
