"""A reader without a browser: speaks the framework's own protocol over its websocket, as its front end does.

Keeps what a browser keeps: the values of the boxes on show, the address, the pages of the menu, and which large messages
it holds (the server then sends a reference instead of the whole). Everything received is read, nothing is drawn.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

FINISHED, EARLY = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN
MAX_MESSAGE = 64 * 2**20
KEPT_RUNS = 2  # how many runs a browser keeps a large message that was not used
ALERT_ERROR = 1


class ReaderError(Exception):
    """The server closed the connection, or did not answer in time."""


@dataclass
class Answer:
    """What one click brought: seconds until the script had finished and all of it was received."""

    seconds: float
    messages: int
    size: int
    errors: list[str] = field(default_factory=list)


@dataclass
class Box:
    """A box that can be set: its options as they are written on it, and what it holds."""

    key: str
    options: list[str]
    state: WidgetState
    seen: bool = True


class Reader:
    """One session. ``open`` first, then ``go`` to pages and ``turn`` boxes."""

    def __init__(self, url: str, timeout: float = 60) -> None:
        parts = urlsplit(url)
        self.address = f"ws://{parts.netloc}/_stcore/stream"
        self.origin, self.timeout, self.cookies = url.rstrip("/"), timeout, ""
        self.query, self.page_hash, self.path = "", "", ""
        self.pages: dict[str, str] = {}  # path of the address -> hash of the page
        self.boxes: dict[str, Box] = {}
        self._held: dict[str, int] = {}  # hash of a large message -> runs since it was used
        self._socket: ClientConnection | None = None

    async def open(self, path: str = "", query: str = "") -> Answer:
        """Connect and load a page, as a browser does that comes by an address."""
        await asyncio.to_thread(self._page)
        headers = {"Cookie": self.cookies} if self.cookies else {}
        self._socket = await connect(
            self.address,
            subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN"],
            max_size=MAX_MESSAGE,
            compression=None,
            origin=self.origin,
            additional_headers=headers,
            proxy=None,
            open_timeout=self.timeout,
        )
        self.path, self.query = path, query
        return await self._run(page_name=path)

    def _page(self) -> None:
        """Fetch the page itself, and keep the cookies it sets: a proxy sends its reader to the same process by one."""
        with urllib.request.urlopen(self.origin, timeout=self.timeout) as answer:
            answer.read()
            set_ones = answer.headers.get_all("Set-Cookie") or []
        self.cookies = "; ".join(text.partition(";")[0] for text in set_ones)

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()

    async def go(self, path: str, query: str | None = None) -> Answer:
        """Click a page in the menu."""
        self.query = self.query if query is None else query
        self.path, self.page_hash = path, self.pages[path]
        return await self._run()

    async def turn(self, name: str, value: str) -> Answer:
        """Choose another option of a box."""
        state = self.boxes[name].state
        if state.WhichOneof("value") == "string_value":
            state.string_value = value
        else:
            del state.string_array_value.data[:]
            state.string_array_value.data.append(value)
        return await self._run()

    async def _run(self, page_name: str = "") -> Answer:
        """Ask for a run and read until it has finished; a run that was cut short by a following one is not the end."""
        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string, wanted.page_script_hash, wanted.page_name = (
            self.query,
            self.page_hash,
            page_name,
        )
        wanted.widget_states.widgets.extend(box.state for box in self.boxes.values())
        wanted.cached_message_hashes.extend(self._held)
        wanted.context_info.url = f"{self.origin}/{self.path}"
        wanted.context_info.locale = "vi-VN"
        wanted.context_info.color_scheme = "light"
        data = message.SerializeToString()
        for box in self.boxes.values():
            box.seen = False
        begin = time.perf_counter()
        answer = Answer(0, 0, 0)
        try:
            await self._socket.send(data)
            async with asyncio.timeout(self.timeout):
                while not self._take(await self._socket.recv(), answer):
                    pass
        except TimeoutError:
            raise ReaderError(f"no end within {self.timeout} s") from None
        except Exception as error:
            raise ReaderError(f"{type(error).__name__}: {error}") from error
        answer.seconds = time.perf_counter() - begin
        self.boxes = {name: box for name, box in self.boxes.items() if box.seen}
        self._held = {key: age + 1 for key, age in self._held.items() if age < KEPT_RUNS}
        return answer

    def _take(self, data: bytes, answer: Answer) -> bool:
        """Read one message; True for the last one of a run."""
        message = ForwardMsg.FromString(data)
        answer.messages += 1
        answer.size += len(data)
        if message.metadata.cacheable:
            self._held[message.hash] = 0
        kind = message.WhichOneof("type")
        if kind == "delta":
            if message.delta.WhichOneof("type") == "new_element":
                self._element(message.delta.new_element, answer)
        elif kind == "ref_hash":
            if message.ref_hash in self._held:
                self._held[message.ref_hash] = 0
            else:
                answer.errors.append("a reference to a message that was not held")
        elif kind == "new_session":
            self.page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash or self.page_hash
            self.pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_not_found":
            answer.errors.append("page not found")
        elif (
            kind == "session_event"
            and message.session_event.WhichOneof("type") == "script_compilation_exception"
        ):
            answer.errors.append("compilation")
        elif kind == "script_finished":
            return message.script_finished != EARLY
        return False

    def _element(self, element, answer: Answer) -> None:
        """Keep the boxes; note what is an error to the reader."""
        kind = element.WhichOneof("type")
        if kind == "exception":
            answer.errors.append(f"exception {element.exception.type}")
        elif kind == "alert" and element.alert.format == ALERT_ERROR:
            answer.errors.append(f"alert: {element.alert.body[:100]}")
        elif kind == "selectbox":
            box = element.selectbox
            known = self._box(box.id, list(box.options))
            if box.set_value:
                known.state.string_value = box.raw_value
            elif not known.state.WhichOneof("value"):
                known.state.string_value = box.options[box.default] if box.options else ""
        elif kind == "button_group":
            group = element.button_group
            known = self._box(group.id, [option.content for option in group.options])
            if group.set_value or not known.state.WhichOneof("value"):
                chosen = (
                    list(group.raw_values)
                    if group.set_value
                    else [known.options[number] for number in group.default]
                )
                del known.state.string_array_value.data[:]
                known.state.string_array_value.data.extend(chosen)
        elif kind == "slider":
            known = self._box(element.slider.id, [])
            if element.slider.set_value or not known.state.WhichOneof("value"):
                values = element.slider.value if element.slider.set_value else element.slider.default
                del known.state.double_array_value.data[:]
                known.state.double_array_value.data.extend(values)
        elif kind == "text_input":
            known = self._box(element.text_input.id, [])
            if element.text_input.set_value:
                known.state.string_value = element.text_input.value
            elif not known.state.WhichOneof("value"):
                known.state.string_value = element.text_input.default

    def _box(self, name: str, options: list[str]) -> Box:
        """A box by its id; what it held in the run before stays."""
        box = self.boxes.get(name)
        if box is None:
            box = self.boxes[name] = Box(name, options, WidgetState(id=name))
        box.options, box.seen = options, True
        return box
