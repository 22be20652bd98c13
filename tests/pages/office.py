"""People with accounts in an office of their own, and what they do on the pages."""

from __future__ import annotations

from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from store import accounts
from store.access import ADMINISTRATOR, APPRAISER, REPORTER, VIEWER, User
from store.settings import Settings
from tests.pages import visit
from views import load

SONG_CAU, QUANG_THUAN = "01837-2020", "02017-2020"
PASSWORD = "một câu ngắn dễ nhớ"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ROOT = User("goc", ADMINISTRATOR)
PEOPLE = {
    "quantri": User("quantri", ADMINISTRATOR, (), "Hoàng Quản Trị"),
    "thamdinh": User("thamdinh", APPRAISER, (), "Nông Thẩm Định"),
    "songcau": User("songcau", REPORTER, (SONG_CAU,), "Lý Sông Cầu"),
    "quangthuan": User("quangthuan", REPORTER, (QUANG_THUAN,), "Hà Quang Thuận"),
    "nguoixem": User("nguoixem", VIEWER, (), "Bế Người Xem"),
}
HEADING = "xã/phường,chỉ tiêu,kỳ,tử số,mẫu số,giá trị,ghi chú"
PAY = "gov_online_payment_rate"


def forget() -> None:
    """What a process keeps of one installation: its settings and its open snapshots. What was read out of a snapshot
    stays, because it is kept by the snapshot's id, and that names its content in every installation."""
    load.settings.clear()
    load.snapshot.clear()


def hire(settings: Settings, *names: str) -> None:
    """Make accounts of PEOPLE; an administrator among them first."""
    for name in names or PEOPLE:
        person = PEOPLE[name]
        accounts.add(settings, ROOT, name, person.display, person.role, person.areas, PASSWORD)


def csv(*lines: str) -> bytes:
    """A file of figures as a commune makes it."""
    return ("\ufeff" + "\n".join([HEADING, *lines]) + "\n").encode()


def field(at: AppTest, label: str, kind: str = "text_input"):
    """The first box of that label on the page."""
    return next(item for item in at.main.get(kind) if item.label == label)


def button(at: AppTest, label: str):
    """The button of that label, or None."""
    return next((item for item in at.main.get("button") if item.label == label), None)


def press(at: AppTest, label: str) -> AppTest:
    """Press it and wait."""
    return button(at, label).click().run()


def words(at: AppTest, key: str, **facts: object) -> str:
    """A text in the language that the visitor reads."""
    language = next(code for code in visit.TEXTS if at.title[0].value in visit.TEXTS[code].values())
    text = visit.TEXTS[language][key]
    return text.format(**facts) if facts else text


def sign_in(at: AppTest, name: str, password: str = PASSWORD) -> AppTest:
    """Fill in the form that the page shows, and press the button."""
    field(at, words(at, "signin.name")).set_value(name)
    field(at, words(at, "signin.password")).set_value(password)
    return press(at, words(at, "signin.button"))


def at_work(
    page: str, name: str = "", language: str = "vi", space: str = "official", **address: str
) -> AppTest:
    """A page of the desk, with somebody signed in."""
    at = visit.go(visit.start(lang=language, space=space, **address), page)
    return sign_in(at, name) if name else at


def drop(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Choose files."""
    return at.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files]).run()
