"""The desk as people use it: signing in, sending figures, deciding about them, accounts, and an earlier day on show."""

import re
from datetime import timedelta
from unittest import mock

import pytest
import streamlit as st

from etl import desk, keep, publish
from store import accounts, sessions
from store.access import REPORTER
from store.periods import today_in_viet_nam
from store.snapshot import current_id, snapshot_path
from tests.pages import office, visit
from tests.pages.office import PASSWORD, PAY, PEOPLE, at_work, button, drop, field, press, sign_in, words
from views import effects

LANGUAGES = sorted(visit.TEXTS)
GOOD = office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,307,911,,")
BETTER = office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,407,911,,")
THEIRS = office.csv(f"Xã Quang Thuận,{PAY},2024-Q4,41,173,,")
FAULTY = office.csv(
    f"Phường Sông Cầu,{PAY},2024-Q4,nhiều,911,,",
    f"Phường Xông Cầu,{PAY},2024-Q4,307,911,,",
    "Phường Sông Cầu,khong_co,2024-Q4,307,911,,",
    f"Phường Sông Cầu,{PAY},2024-Q3,912,911,,",
)
HOSTILE = "[x](javascript:alert(1)) :material/bolt: $x$ <b> www.a.example.csv"
CELLS = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "[a](b) **c** :red[d]")


@pytest.fixture
def strict(office_of):
    """An office where a second person accepts."""
    settings = office_of(BOARD_SECOND_PERSON="1")
    office.hire(settings)
    return settings


def read(at):
    """The page, which shows nothing of the machine in any state."""
    shown = visit.read(at)
    assert not at.exception and visit.slips(shown) == []
    assert len([item for item in at.sidebar if item.type == "page_link"]) == len(visit.PAGES), (
        "the menu is there"
    )
    return shown


def calm(at):
    """The page, on which nothing is wrong."""
    shown = read(at)
    assert shown.problems == []
    return shown


def happy(at):
    """What the green sentence on top says, read as a person reads it."""
    assert [item.value for item in at.error] == []
    return re.sub(r"\\(.)", r"\1", at.success[0].value)


def send(settings, name, data, file="tep.csv", note="đính chính", space="official"):
    """The same as on the page, by somebody else meanwhile."""
    user = PEOPLE[name]
    proposal = desk.propose(settings, space, [(file, data)], user)
    given = {"seen": proposal.changes.digest, "acknowledged": proposal.warnings, "note": note}
    return desk.submit(settings, space, [(file, data)], user, **given)[0]


def states(settings, space="official"):
    return [(item.file, item.state) for item in desk.submissions(settings, space)]


def fill(at):
    """Tick every warning and give a reason."""
    for box in at.main.checkbox:
        box.check()
    field(at, words(at, "upload.note_needed"), "text_area").set_value("Gõ nhầm một chữ số")
    return at.run()


# ---------------------------------------------------------------- who comes in


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", visit.AT_WORK)
def test_who_has_not_signed_in_sees_the_way_in_and_nothing_else(place, page, language):
    send(place, "songcau", GOOD, "kin.csv")
    at = at_work(page, language=language)
    shown = calm(at)
    assert shown.title == [visit.TEXTS[language][f"{page}.title"]]
    assert [item.label for item in at.main.text_input] == [
        words(at, "signin.name"),
        words(at, "signin.password"),
    ]
    assert [item.label for item in at.main.button] == [words(at, "signin.button")]
    assert (
        not at.file_uploader
        and not at.main.get("download_button")
        and set(shown.panels) == {"signin", "source"}
    )
    assert "kin.csv" not in shown.text and "Lý Sông Cầu" not in shown.text
    assert [(item.proto.label, item.proto.url) for item in at.sidebar.get("link_button")] == [
        (words(at, "guide.menu"), "huong-dan/")
    ]


@pytest.mark.parametrize("language", ["vi"])
def test_the_first_administrator_comes_in_by_a_code_that_works_once(office_of, language):
    settings = office_of()
    code = accounts.new_first_code(settings)
    at = at_work("accounts", language=language)
    calm(at)

    def fill_in(code, name, password=PASSWORD):
        for key, value in (("code", code), ("name", name), ("display", "Hoàng"), ("new_password", password)):
            field(at, words(at, f"signin.{key}")).set_value(value)
        press(at, words(at, "signin.create"))
        return read(at).problems

    assert fill_in("ABCD-EFGH-JKLM", "hoang") == [words(at, "error.accounts.first_code")]
    assert fill_in(code, "Hoàng quản trị") == [words(at, "error.accounts.name")]
    assert fill_in(code, "hoang", "ngắn") == [words(at, "error.accounts.password_short")]
    assert not accounts.exists(settings)
    assert fill_in(code.lower().replace("-", " "), "hoang") == []
    assert accounts.exists(settings) and "Hoàng" in visit.read(at).panels["own"]
    assert button(at, words(at, "accounts.sign_out")) and not [
        item for item in at.main.text_input if item.label == words(at, "signin.code")
    ]
    second = at_work("accounts", language=language)
    assert field(second, words(second, "signin.password")), "from now on one signs in"


@pytest.mark.parametrize("language", ["en"])
def test_a_wrong_password_and_a_stranger_are_told_the_same_and_then_to_wait(place, language):
    at = at_work("upload", language=language)
    for name in ("songcau", "khongcoai"):
        sign_in(at, name, "sai mật khẩu rồi")
        assert read(at).problems == [words(at, "error.accounts.sign_in")]
        for _ in range(4):
            sign_in(at, name, "sai mật khẩu rồi")
        sign_in(at, name)
        assert read(at).problems == [words(at, "error.accounts.locked")], "also with the right password"
        assert not at.file_uploader
    assert calm(sign_in(at, "quangthuan")).panels["lead"] and at.file_uploader


def test_figures_for_members_only_are_hidden_until_somebody_signs_in(office_of):
    settings = office_of(BOARD_READING="members")
    office.hire(settings)
    at = visit.start(lang="vi", space="demo")
    for page in visit.PAGES:
        visit.go(at, page)
        shown = calm(at)
        assert set(shown.panels) <= {"ribbon", "signin", "source"} and visit.CHART not in {
            item.type for item in at.main
        }
        assert "10,7%" not in shown.text and button(at, visit.TEXTS["vi"]["signin.button"])
        assert visit.TEXTS["vi"]["signin.lead"] not in shown.text, (
            "nobody is told that reading needs no account"
        )
    visit.go(at, "overview")
    field(at, visit.TEXTS["vi"]["signin.name"]).set_value("nguoixem")
    field(at, visit.TEXTS["vi"]["signin.password"]).set_value(PASSWORD)
    press(at, visit.TEXTS["vi"]["signin.button"])
    assert calm(at).title == [visit.TEXTS["vi"]["overview.title"]]
    for page in visit.OF_FIGURES:
        assert len(calm(visit.go(at, page)).panels) > 3
    sessions.sign_out(settings, at.session_state["_token"])
    assert not calm(visit.go(at, "map")).panels


def test_a_hidden_page_keeps_the_language_that_was_chosen(office_of):
    office.hire(office_of(BOARD_READING="members"))
    at = visit.start(lang="vi")
    next(item for item in at.sidebar if getattr(item, "key", None) == "w:lang").set_value("en").run()
    assert at.query_params["lang"] == "en" and button(at, visit.TEXTS["en"]["signin.button"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_role_is_told_which_pages_are_not_theirs(place, language):
    told = {
        "nguoixem": {"upload": "reporter", "publish": "appraiser", "accounts": ""},
        "songcau": {"upload": "", "publish": "appraiser", "accounts": ""},
        "thamdinh": {"upload": "", "publish": "", "accounts": ""},
    }
    for name, pages in told.items():
        at = at_work("accounts", name, language)
        role = words(at, f"accounts.roles.{PEOPLE[name].role}")
        for page, key in pages.items():
            shown = calm(visit.go(at, page))
            if key:
                assert visit.plain(shown.panels["signin"]) == words(at, f"signin.not_for.{key}", role=role)
                assert set(shown.panels) == {"signin", "source"} and not at.main.get("button")
            else:
                assert "signin" not in shown.panels
            assert "all" not in shown.panels, "other people's accounts are for administrators"


def test_a_session_that_ended_elsewhere_is_over_at_the_next_click(place):
    at = at_work("upload", "songcau")
    assert at.file_uploader
    sessions.sign_out(place, at.session_state["_token"])
    calm(at.run())
    assert not at.file_uploader and button(at, words(at, "signin.button"))


def test_signing_out_shows_the_way_in_and_leaves_no_files_behind(place):
    at = at_work("upload", "songcau")
    drop(at, ("rieng.csv", GOOD))
    visit.go(at, "accounts")
    token = at.session_state["_token"]
    press(at, words(at, "accounts.sign_out"))
    calm(at)
    assert button(at, words(at, "signin.button")) and sessions.session(place, token) is None
    visit.go(at, "upload")
    sign_in(at, "quangthuan")
    assert "rieng.csv" not in calm(at).text


def test_own_password_is_changed_and_one_stays_signed_in(place):
    at = at_work("accounts", "songcau")

    def change(old, new):
        field(at, words(at, "accounts.old_password")).set_value(old)
        field(at, words(at, "signin.new_password")).set_value(new)
        press(at, words(at, "accounts.change_password"))

    change("không phải", "một câu khác hẳn")
    assert read(at).problems == [words(at, "error.accounts.sign_in")]
    change(PASSWORD, "một câu khác hẳn")
    assert happy(at) == words(at, "accounts.password_changed") and calm(at).panels["own"]
    other = sign_in(at_work("upload"), "songcau", PASSWORD)
    assert read(other).problems and not other.file_uploader


# ---------------------------------------------------------------- sending


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_wrong_is_named_at_once_with_its_place_and_nothing_can_be_sent(place, language):
    before = states(place), current_id(place, "official")
    at = at_work("upload", "songcau", language)
    shown = calm(drop(at, ("sai.csv", FAULTY)))
    assert 'href="huong-dan/can-bo"' in shown.panels["guide"] and words(at, "guide.card") in shown.text
    table = shown.panels["findings"]
    rows = [visit.plain(row) for row in re.findall(r"<tr>(?!<th)(.*?)</tr>", table)]
    assert len(rows) == 4 and words(at, "delivery.severity.block", count=4) in shown.panels["totals"]
    for line, cell, value in (
        (2, "D2", "nhiều"),
        (3, "A3", "Phường Xông Cầu"),
        (4, "B4", "khong_co"),
        (5, "", "91"),
    ):
        found = next(row for row in rows if words(at, "delivery.line", line=line) in row)
        assert cell in found and value in found and len(found) > 80, "the place, the cell, and a sentence"
    assert "<code>Phường Xông Cầu</code>" in table
    assert words(at, "upload.findings_blocked") in shown.text and words(at, "delivery.refused") in shown.text
    assert not button(at, words(at, "upload.send")) and "changes" not in shown.panels
    assert at.main.get("download_button")[0].label == words(at, "upload.marked", name="sai\\.csv")
    assert (states(place), current_id(place, "official")) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_change_is_seen_before_it_is_sent_and_afterwards_everybody_sees_it(place, language):
    at = at_work("upload", "songcau", language)
    shown = calm(drop(at, ("quy-4.csv", GOOD)))
    change = visit.plain(shown.panels["changes"])
    new = "33,7%" if language == "vi" else "33.7%"
    assert (
        words(at, "delivery.change.added") in change
        and "–" in change
        and new in change
        and "307/911" in change
    )
    effects = visit.plain(shown.panels["effects"])
    assert (
        words(at, "delivery.pilot") in effects and words(at, "delivery.none") in effects and "1/8" in effects
    )
    assert "1/1" not in effects, "the only one has no place"
    assert not button(at, words(at, "upload.send")).disabled, "nothing is altered, nothing is doubtful"
    before = current_id(place, "official")
    press(at, words(at, "upload.send"))
    assert happy(at) == words(at, "upload.sent_accepted", names="quy-4.csv")
    assert [item.type for item in at.main].index("success") < [item.type for item in at.main].index(
        "file_uploader"
    )
    mine = calm(at).panels["mine"]
    assert "quy-4.csv" in mine and words(at, "delivery.state.accepted") in visit.plain(mine)
    assert "changes" not in visit.read(at).panels, "the page is ready for the next file"
    assert current_id(place, "official") != before and states(place) == [("quy-4.csv", "accepted")]
    shown = calm(visit.go(visit.start(lang=language, space="official"), "indicator", indicator=PAY))
    assert new in shown.text and "307/911" in shown.text
    calm(at.run())
    assert not at.success, "said once"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alteration_needs_a_tick_and_a_reason(place, language, monkeypatch):
    send(place, "songcau", GOOD)
    at = at_work("upload", "songcau", language)
    shown = calm(drop(at, ("dinh-chinh.csv", BETTER)))
    change = visit.plain(shown.panels["changes"])
    was, new = ("33,7%", "44,7%") if language == "vi" else ("33.7%", "44.7%")
    assert words(at, "delivery.change.changed") in change and change.index(was) < change.index(new)

    def ready():
        return not button(at, words(at, "upload.send")).disabled

    made = mock.Mock(wraps=effects.effects)
    monkeypatch.setattr(effects, "effects", made)
    assert len(at.main.checkbox) == 1 and not ready() and words(at, "upload.not_ready") in shown.text
    at.main.checkbox[0].check().run()
    assert not ready()
    field(at, words(at, "upload.note_needed"), "text_area").set_value("   ").run()
    assert not ready(), "blanks are no reason"
    field(at, words(at, "upload.note_needed"), "text_area").set_value("Gõ nhầm").run()
    assert ready() and words(at, "upload.not_ready") not in calm(at).text
    at.main.checkbox[0].uncheck().run()
    assert not ready()
    at.main.checkbox[0].check().run()
    assert "effects" in visit.read(at).panels and not made.called, "a tick works nothing out anew"
    press(at, words(at, "upload.send"))
    assert happy(at) and "Gõ nhầm" in calm(at).panels["mine"]
    assert publish.published_figures(place, "official").query("numerator == 407").shape[0] == 1


def test_a_reporter_cannot_send_for_another_commune(place):
    at = at_work("upload", "songcau")
    shown = calm(drop(at, ("quang-thuan.csv", THEIRS)))
    assert "area.not_yours" in shown.panels["findings"] and not button(at, words(at, "upload.send"))
    assert "changes" not in shown.panels and states(place) == []
    areas = field(at, words(at, "upload.form_area"), "selectbox")
    assert areas.options == ["Phường Sông Cầu"], "blank forms are of one's own communes, too"


def test_what_is_published_already_is_nothing_to_send(place):
    send(place, "songcau", GOOD)
    at = at_work("upload", "songcau")
    shown = calm(drop(at, ("lan-nua.csv", GOOD)))
    assert words(at, "upload.nothing") in shown.text and not button(at, words(at, "upload.send"))


def test_several_files_are_one_delivery(place):
    at = at_work("upload", "thamdinh")
    shown = calm(drop(at, ("mot.csv", GOOD), ("hai.csv", THEIRS)))
    assert "mot.csv" in shown.panels["understood0"] and "hai.csv" in shown.panels["understood1"]
    press(at, words(at, "upload.send"))
    assert happy(at) == words(at, "upload.sent_accepted", names="mot.csv, hai.csv")
    both = office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,408,911,,", f"Xã Quang Thuận,{PAY},2024-Q4,42,173,,")
    again = office.csv(f"Xã Quang Thuận,{PAY},2024-Q4,42,173,,")
    shown = calm(drop(at, ("nam.csv", both), ("sau.csv", again)))
    assert "450/1.084" in visit.plain(shown.panels["effects"]), "what two files say alike counts once"
    drop(at, ("ba.csv", BETTER), ("bon.csv", GOOD))
    table = calm(at).panels["findings"]
    assert "row.conflict" in table and "bon.csv" in table and not button(at, words(at, "upload.send"))


def test_files_stay_while_one_looks_at_other_pages_and_can_be_put_aside(place):
    at = at_work("upload", "songcau")
    drop(at, ("cho.csv", GOOD))
    visit.go(visit.go(at, "overview"), "upload")
    shown = calm(at)
    assert "cho\\.csv" in shown.text and shown.panels["changes"] and button(at, words(at, "upload.send"))
    press(at, words(at, "upload.drop"))
    assert "cho\\.csv" not in calm(at).text and "changes" not in visit.read(at).panels
    assert states(place) == []


def test_a_file_may_take_the_place_of_an_earlier_one_as_a_whole(place):
    wide = office.csv(
        f"Phường Sông Cầu,{PAY},2024-Q4,307,911,,", "Phường Sông Cầu,gov_ontime_rate,2024-Q4,900,911,,"
    )
    send(place, "songcau", wide, "cu.csv")
    at = at_work("upload", "songcau")
    drop(at, ("moi.csv", BETTER))
    box = at.selectbox(key="replaces")
    assert box.value == "" and len(box.options) == 2 and box.options[1].startswith("cu.csv")
    shown = calm(box.select_index(1).run())
    change = visit.plain(shown.panels["changes"])
    assert words(at, "delivery.change.changed") in change and words(at, "delivery.change.removed") in change
    fill(at)
    press(at, words(at, "upload.send"))
    assert happy(at) and states(place) == [("moi.csv", "accepted"), ("cu.csv", "withdrawn")]
    calm(drop(at, ("them.csv", GOOD)))
    assert at.selectbox(key="replaces").value == "" and len(at.selectbox(key="replaces").options) == 2


@pytest.mark.parametrize("language", ["en"])
def test_somebody_who_published_in_between_makes_the_comparison_anew(place, language):
    """A click on what stood on the screen before is no click on what stands there now."""
    send(place, "songcau", GOOD)
    at = at_work("upload", "songcau", language)
    drop(at, ("dinh-chinh.csv", BETTER))
    fill(at)
    assert not button(at, words(at, "upload.send")).disabled
    send(place, "thamdinh", office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,350,911,,"), "chen.csv")
    press(at, words(at, "upload.send"))
    shown = calm(at)
    assert [re.sub(r"\\(.)", r"\1", item.value) for item in at.warning] == [words(at, "upload.stale")]
    assert "350/911" in shown.panels["changes"] and button(at, words(at, "upload.send")).disabled
    assert states(place)[0] == ("chen.csv", "accepted") and not at.success
    fill(at)
    press(at, words(at, "upload.send"))
    assert happy(at) and states(place)[0] == ("dinh-chinh.csv", "accepted")


def test_a_new_figure_is_not_sent_unseen_either(place):
    """Nothing to tick and no reason to give: the click alone must not carry over."""
    send(place, "songcau", GOOD, "mot.csv")
    at = at_work("upload", "songcau")
    drop(
        at,
        (
            "hai.csv",
            office.csv(
                f"Phường Sông Cầu,{PAY},2024-Q4,307,911,,",
                "Phường Sông Cầu,gov_ontime_rate,2024-Q4,900,911,,",
            ),
        ),
    )
    assert calm(at).panels["changes"].count("<tr>") == 2 and not button(at, words(at, "upload.send")).disabled
    desk.withdraw(
        place, "official", desk.submissions(place, "official")[0].upload_id, PEOPLE["thamdinh"], "thử"
    )
    press(at, words(at, "upload.send"))
    assert calm(at).panels["changes"].count("<tr>") == 3 and at.warning and not at.success
    press(at, words(at, "upload.send"))
    assert happy(at) and not at.warning


def test_a_publication_elsewhere_is_not_in_the_way(place):
    at = at_work("upload", "songcau")
    drop(at, ("quy-4.csv", GOOD))
    send(place, "quangthuan", THEIRS, "khac.csv")
    press(at, words(at, "upload.send"))
    assert happy(at) == words(at, "upload.sent_accepted", names="quy-4.csv") and not at.warning


# ---------------------------------------------------------------- deciding


@pytest.mark.parametrize("language", ["en"])
def test_with_a_second_person_a_file_waits_and_somebody_else_accepts_it(strict, language):
    before = current_id(strict, "official")
    sender = at_work("upload", "thamdinh", language)
    drop(sender, ("quy-4.csv", GOOD))
    press(sender, words(sender, "upload.send"))
    assert happy(sender) == words(sender, "upload.sent_waiting", names="quy-4.csv")
    assert current_id(strict, "official") == before and states(strict) == [("quy-4.csv", "waiting")]
    visit.go(sender, "publish")
    assert button(sender, words(sender, "publish.accept")).disabled
    assert words(sender, "error.access.same_person") in calm(sender).text
    other = at_work("publish", "quantri", language)
    shown = calm(other)
    assert words(other, "publish.waiting", count=1) in shown.text and "307/911" in shown.panels["changes"]
    press(other, words(other, "publish.accept"))
    assert happy(other) == words(other, "publish.accepted", name="quy-4.csv")
    log = visit.plain(calm(other).panels["log"])
    assert all(words(other, f"delivery.act.{act}") in log for act in ("submit", "accept", "publish"))
    assert (
        "Nông Thẩm Định" in log
        and "Hoàng Quản Trị" in log
        and words(other, "publish.none_waiting") in visit.read(other).text
    )
    assert current_id(strict, "official") != before
    assert words(sender, "delivery.state.accepted") in visit.plain(
        calm(visit.go(sender, "upload")).panels["mine"]
    )


def test_a_file_is_returned_with_a_reason_that_its_sender_reads(strict):
    sender = at_work("upload", "songcau")
    drop(sender, ("quy-4.csv", GOOD))
    press(sender, words(sender, "upload.send"))
    other = at_work("publish", "thamdinh")
    press(other, words(other, "publish.return"))
    assert read(other).problems == [words(other, "error.desk.reason_missing")]
    field(other, words(other, "publish.why"), "text_area").set_value("Thiếu <b>chữ ký</b>")
    press(other, words(other, "publish.return"))
    assert happy(other) == words(other, "publish.returned", name="quy-4.csv") and calm(other)
    mine = calm(sender.run()).panels["mine"]
    assert words(sender, "delivery.state.returned") in visit.plain(mine) and "Thiếu &lt;b&gt;chữ ký" in mine
    assert states(strict) == [("quy-4.csv", "returned")]


def test_the_sender_takes_back_the_file_that_was_chosen(strict):
    for number, file in enumerate(("mot.csv", "hai.csv", "ba.csv")):
        send(strict, "songcau", office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,{300 + number},911,,"), file)
    at = at_work("upload", "songcau")
    box = field(at, words(at, "upload.take_back_which"), "selectbox")
    box.select_index(2).run()
    first = next(item for item in desk.submissions(strict, "official") if item.file == "ba.csv")
    desk.accept(strict, "official", [first.id], PEOPLE["thamdinh"])
    press(at, words(at, "upload.take_back"))
    assert calm(at) and ("hai.csv", "waiting") in states(strict), (
        "the list moved: the click took nothing else back"
    )
    box = field(at, words(at, "upload.take_back_which"), "selectbox")
    box.select_index(1).run()
    press(at, words(at, "upload.take_back"))
    assert happy(at) == words(at, "upload.taken_back", name="mot.csv")
    assert dict(states(strict)) == {"ba.csv": "accepted", "hai.csv": "waiting", "mot.csv": "taken_back"}


def test_accepting_is_no_click_when_the_comparison_moved(strict):
    send(strict, "songcau", GOOD, "mot.csv")
    send(strict, "songcau", BETTER, "hai.csv")
    at = at_work("publish", "thamdinh")
    assert "hai.csv" in visit.plain(calm(at).panels["understood0"])
    first = next(item for item in desk.submissions(strict, "official") if item.file == "mot.csv")
    desk.accept(strict, "official", [first.id], PEOPLE["quantri"])
    press(at, words(at, "publish.accept"))
    assert (
        ("hai.csv", "waiting") in states(strict)
        and "307/911" in calm(at).panels["changes"]
        and not at.success
    )
    press(at, words(at, "publish.accept"))
    assert happy(at) and ("hai.csv", "accepted") in states(strict)


def test_what_somebody_else_decided_meanwhile_is_said(strict, monkeypatch):
    """The file is gone between the drawing of the page and the writing."""
    item = send(strict, "songcau", GOOD, "mot.csv")
    at = at_work("publish", "thamdinh")
    accept = desk.accept

    def late(*given, **more):
        desk.send_back(strict, "official", item.id, PEOPLE["quantri"], "không đủ")
        return accept(*given, **more)

    monkeypatch.setattr(desk, "accept", late)
    press(at, words(at, "publish.accept"))
    assert read(at).problems == [words(at, "error.desk.not_waiting")]
    calm(at.run())


@pytest.mark.parametrize("language", ["en"])
def test_a_file_is_withdrawn_with_a_reason_and_what_it_replaced_stands_again(place, language):
    send(place, "songcau", GOOD, "mot.csv")
    send(place, "songcau", BETTER, "hai.csv")
    at = at_work("publish", "thamdinh", language)
    calm(at)
    press(at, words(at, "publish.withdraw"))
    assert read(at).problems == [words(at, "error.desk.reason_missing")]
    field(at, words(at, "publish.withdraw_why"), "text_area").set_value("Gửi nhầm kỳ")
    press(at, words(at, "publish.withdraw"))
    assert happy(at) == words(at, "publish.withdrawn", name="hai.csv")
    decided = visit.plain(calm(at).panels["decided"])
    assert words(at, "delivery.state.withdrawn") in decided and "Gửi nhầm kỳ" in decided
    shown = calm(visit.go(visit.start(lang=language, space="official"), "indicator", indicator=PAY))
    assert "307/911" in shown.text and "407/911" not in shown.text


def test_going_back_takes_a_tick_and_is_never_about_another_publication(place):
    send(place, "songcau", GOOD, "mot.csv")
    first = current_id(place, "official")
    send(place, "songcau", BETTER, "hai.csv")
    at = at_work("publish", "thamdinh")
    assert button(at, words(at, "publish.back_do")).disabled
    at.main.checkbox[0].check().run()
    assert not button(at, words(at, "publish.back_do")).disabled and first in calm(at).text
    send(place, "quangthuan", THEIRS, "ba.csv")
    third = current_id(place, "official")
    press(at, words(at, "publish.back_do"))
    assert current_id(place, "official") == third and button(at, words(at, "publish.back_do")).disabled
    calm(at)
    at.main.checkbox[0].check().run()
    press(at, words(at, "publish.back_do"))
    assert (
        happy(at).startswith(words(at, "publish.back_done").split("{")[0])
        and current_id(place, "official") != third
    )
    assert words(at, "delivery.act.rollback") in visit.plain(calm(at).panels["log"])
    assert ("ba.csv", "withdrawn") in states(place)


def test_a_log_that_was_tampered_with_is_said(place):
    send(place, "songcau", GOOD, "mot.csv")
    path = place.space_dir("official") / "ledger.jsonl"
    at = at_work("publish", "thamdinh")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert words(at, "publish.log_whole", line=lines) in calm(at).text
    path.write_text(path.read_text(encoding="utf-8").replace('"songcau"', '"khac"', 1), encoding="utf-8")
    assert keep.verify_log(place, "official")[0] == "broken"
    assert words(at, "publish.log_broken").split("{")[0] in calm(at.run()).text


# ---------------------------------------------------------------- accounts


@pytest.mark.parametrize("language", ["en"])
def test_an_administrator_makes_and_changes_accounts(place, language):
    at = at_work("accounts", "quantri", language)
    calm(at)
    form = {
        "signin.name": "ducvan.hoa",
        "signin.display": "<b>Hoa</b> [x](y)",
        "accounts.first_password": PASSWORD,
    }
    for key, value in form.items():
        field(at, words(at, key)).set_value(value)
    press(at, words(at, "accounts.add_do"))
    assert read(at).problems == [words(at, "error.accounts.areas_missing")]
    at.multiselect(key="add_areas").set_value(["01951-2020"])
    press(at, words(at, "accounts.add_do"))
    assert happy(at) == words(at, "accounts.added", name="ducvan.hoa")
    table = calm(at).panels["all"]
    assert "&lt;b&gt;Hoa&lt;/b&gt; [x](y)" in table and "<b>" not in table
    assert words(at, "accounts.never") in visit.plain(table)
    assert (
        next(item for item in accounts.listed(place) if item.user.name == "ducvan.hoa").user.role == REPORTER
    )
    assert sign_in(at_work("upload"), "ducvan.hoa").file_uploader
    at.selectbox(key="changing").set_value("ducvan.hoa").run()
    calm(at)
    field(at, words(at, "accounts.is_active"), "checkbox").uncheck()
    press(at, words(at, "accounts.change_do"))
    assert happy(at).startswith(words(at, "accounts.changed").split("{")[0]) and "<b>Hoa</b> [x](y)" in happy(
        at
    )
    assert read(sign_in(at_work("upload"), "ducvan.hoa")).problems == [
        visit.TEXTS["vi"]["error.accounts.sign_in"]
    ]


def test_the_last_administrator_stays(place):
    at = at_work("accounts", "quantri")
    at.selectbox(key="changing").set_value("quantri").run()
    field(at, words(at, "accounts.is_active"), "checkbox").uncheck()
    press(at, words(at, "accounts.change_do"))
    assert read(at).problems == [words(at, "error.accounts.last_administrator")]
    assert button(at, words(at, "accounts.sign_out"))


# ---------------------------------------------------------------- what others wrote


@pytest.mark.parametrize("language", ["vi"])
def test_names_and_cells_of_others_stay_text_wherever_they_are_shown(strict, language):
    """In labels, captions and messages every sign is escaped; in tables every bracket; nothing is a link."""
    lines = [f'Phường Sông Cầu,{PAY},2024-Q4,"{cell}",911,,' for cell in CELLS]
    lines += [f'"{cell}",{PAY},2024-Q4,1,911,,' for cell in CELLS]
    good = office.csv(f'Phường Sông Cầu,{PAY},2024-Q4,307,911,,"{CELLS[0]} {CELLS[2]}"')
    at = at_work("upload", "songcau", language)

    def harmless(at):
        shown = calm(at)
        said = [item.value for item in [*at.success, *at.warning, *at.main.markdown, *at.main.caption]]
        kinds = ("button", "checkbox", "download_button", "text_area")
        labels = [item.label for kind in kinds for item in at.main.get(kind)]
        for text in [*said, *labels]:
            bare = re.sub(r"\\.", "", text)
            for sign in ("[x", "](", ":material", "$x", "<b", "www.", "<script", "**c", ":red"):
                assert sign not in bare and "www\\." not in text, text
        for part, panel in shown.panels.items():
            assert not re.search(
                r"<script|<b>|<a [^>]*javascript|href=\"?http", panel.replace("ribbon", "")
            ), part
        return shown

    shown = harmless(drop(at, (HOSTILE, office.csv(*lines))))
    assert "&lt;script&gt;" in shown.panels["findings"] and "=cmd|" in visit.plain(shown.panels["findings"])
    visit.go(visit.go(at, "overview"), "upload")
    harmless(at)
    press(at, words(at, "upload.drop"))
    shown = harmless(drop(at, (HOSTILE, good)))
    assert "&lt;b&gt;" in shown.panels["understood0"]
    field(at, words(at, "upload.note"), "text_area").set_value("".join(CELLS)).run()
    press(at, words(at, "upload.send"))
    assert HOSTILE in happy(at).replace("\u2060", "")
    shown = harmless(at)
    assert "&lt;script&gt;" in shown.panels["mine"]
    other = at_work("publish", "thamdinh", language)
    harmless(other)
    field(other, words(other, "publish.why"), "text_area").set_value("".join(CELLS))
    press(other, words(other, "publish.return"))
    assert HOSTILE in happy(other).replace("\u2060", "")
    shown = harmless(other)
    assert "&lt;script&gt;" in shown.panels["decided"] and "&lt;b&gt;" in shown.panels["log"]


# ---------------------------------------------------------------- an earlier day


def at_day(day, page="indicator", language="vi", space="demo", **address):
    return visit.go(visit.start(lang=language, space=space, asof=day), page, asof=day, **address)


@pytest.mark.parametrize("language", ["vi"])
def test_an_earlier_day_shows_what_had_come_in_by_then(place, language):
    """Côn Minh corrected 7/116 to 11/116 on 20 August 2024; Nghĩa Tá's third quarter came late, on 22 November."""
    for day, figure, other in (("2024-08-19", "7/116", "11/116"), ("2024-08-20", "11/116", "7/116")):
        shown = calm(at_day(day, "area", language, area="02173-2020", after="2024-Q2"))
        assert figure in shown.text and not re.search(rf"(?<!\d){other}", shown.text), day
    for day, there in (("2024-11-21", False), ("2024-11-22", True), ("2025-01-15", True)):
        shown = calm(at_day(day, "area", language, area="02071-2020", after="2024-Q3"))
        assert bool(re.search(r"(?<!\d)3/79(?!\d)", shown.text)) == there, day


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_earlier_day_is_named_on_every_page_with_the_way_back(place, language):
    newest = current_id(place, "demo")
    at = visit.start(lang=language, space="demo", asof="2024-11-21")
    for page in visit.PAGES:
        shown = calm(visit.go(at, page))
        assert at.sidebar.text_input(key="w:asof").value == "21/11/2024"
        if page in visit.AT_WORK:
            assert "as_of" not in shown.panels and newest in shown.text, "work is about what is published now"
            continue
        ribbon = shown.panels["as_of"]
        day = "21/11/2024" if language == "vi" else "21 November 2024"
        assert words(at, "ribbon.newest") in ribbon and f'data-go="{page}|asof="' in ribbon
        assert day in visit.plain(ribbon) or "2024" in visit.plain(ribbon)
        assert newest not in shown.text
    visit.go(at, "overview", asof="")
    assert "as_of" not in calm(at).panels and newest in visit.read(at).text
    assert at.sidebar.text_input(key="w:asof").value == ""


def test_what_was_published_that_day_is_shown_as_it_was(place):
    send(place, "songcau", GOOD)
    today = today_in_viet_nam()
    shown = calm(at_day(today.isoformat(), "indicator", space="official", indicator=PAY))
    assert "307/911" in shown.text and current_id(place, "official") in shown.panels["as_of"]
    assert visit.TEXTS["vi"]["ribbon.as_shown"].split("{")[0] in visit.plain(shown.panels["as_of"])
    earlier = calm(
        at_day((today - timedelta(days=1)).isoformat(), "indicator", space="official", indicator=PAY)
    )
    assert "307/911" not in earlier.text


def test_what_was_late_is_counted_by_that_day(place):
    """On 20 January 2025 nobody was late yet with the quarter that was due on 28 January."""
    then = calm(at_day("2025-01-20", "quality", quarter="2024-Q4"))
    now = calm(visit.go(visit.start(lang="vi", space="demo"), "quality", quarter="2024-Q4"))
    assert visit.plain(then.panels["history"]) != visit.plain(now.panels["history"])
    assert then.panels["matrix"] and not re.search(r"quá hạn \d{3} ngày|muộn \d{3}", then.text)


def test_an_earlier_state_comes_again_after_it_was_removed(place):
    at = at_day("2024-11-21", "overview")
    name = re.search(r"\((\S+?)\)", visit.plain(calm(at).panels["as_of"])).group(1)
    path = snapshot_path(place, "demo", name)
    assert path.exists()
    st.cache_resource.clear()  # whatever is kept in memory goes with it
    path.unlink()
    calm(at.run())
    assert path.exists()


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize("wrong", ["hôm qua", "31/02/2024", "2024-01-15", "1/1/9999", "<script>"])
def test_what_is_no_day_says_so_and_shows_the_newest(place, language, wrong):
    at = visit.start(lang=language, space="demo")
    at.sidebar.text_input(key="w:asof").set_value(wrong).run()
    shown = calm(at)
    assert words(at, "choose.as_of_wrong") in shown.text and "as_of" not in shown.panels
    assert "asof" not in at.query_params
    at.sidebar.text_input(key="w:asof").set_value("15/1/2025").run()
    assert calm(at).panels["as_of"] and at.query_params["asof"] == "2025-01-15"
    assert words(at, "choose.as_of_wrong") not in visit.read(at).text


@pytest.mark.parametrize("wrong", ["9999-01-01", "../../etc", "15/01/2025"])
def test_an_address_that_names_no_day_gives_way_to_what_is_typed(place, wrong):
    at = visit.start(lang="vi", space="demo", asof=wrong)
    assert "as_of" not in calm(at).panels and [item.value for item in at.toast]
    at.sidebar.text_input(key="w:asof").set_value("15/01/2025").run()
    assert calm(at).panels["as_of"] and at.query_params["asof"] == "2025-01-15"
    at.sidebar.text_input(key="w:asof").set_value("").run()
    assert "as_of" not in calm(at).panels
