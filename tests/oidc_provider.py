"""A small OpenID Connect provider on this machine, strict about what it is asked and able to answer wrongly.

Its page offers every person of ``people`` as a button; whoever is pressed comes back with their own fault, if any:

- ``signature``: signed by a key that is not the provider's;  ``audience``, ``issuer``: for or from somebody else;
- ``expired``: over an hour ago;  ``nonce``: not the one that was asked with;  ``unsigned``: no signature at all;
- ``token``: the exchange of the code fails;  ``denied``: the person presses "no".

What a client must send (registered return address, state, nonce, PKCE by S256, its secret) is asked for: a client that
leaves one out gets an error and the reason in ``wrong``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass(frozen=True)
class Person:
    """Somebody the provider knows. ``verified``: what it says of the address; None says nothing."""

    email: str | None
    verified: bool | str | None = True
    fault: str = ""


@cache
def _key(whose: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """The provider; ``with`` starts and stops it. ``returns``: the addresses that clients may be sent back to."""

    people: Mapping[str, Person]
    returns: list[str] = field(default_factory=list)
    client_id: str = "bang-so-lieu"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    wrong: list[str] = field(default_factory=list)
    signed_out: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Provider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, dict(parse_qs(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                provider.answer(self, dict(parse_qs(body)))

            def log_message(self, *words: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its own name, the issuer."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def secrets_toml(self, redirect: str) -> str:
        """What an installation that trusts this provider writes into its secrets."""
        facts = {
            "redirect_uri": redirect,
            "cookie_secret": secrets.token_hex(32),
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": f"{self.url}/.well-known/openid-configuration",
        }
        return "[auth]\n" + "".join(f"{name} = {json.dumps(text)}\n" for name, text in facts.items())

    def answer(self, request: BaseHTTPRequestHandler, many: dict[str, list[str]]) -> None:
        """One request."""
        given = {name: values[0] for name, values in many.items()}
        place = urlsplit(request.path).path
        does = {
            "/.well-known/openid-configuration": self._discovery,
            "/keys": self._keys,
            "/authorize": self._authorize,
            "/choose": self._choose,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/end": self._end,
        }.get(place)
        status, kind, body = does(request, given) if does else (404, "text/plain", "not found")
        data = body.encode()
        request.send_response(status)
        head = ("Location", body) if kind == "location" else ("Content-Type", kind)
        request.send_header(*head)
        request.send_header("Content-Length", "0" if kind == "location" else str(len(data)))
        request.end_headers()
        if kind != "location":
            request.wfile.write(data)

    def _discovery(self, request: object, given: object) -> tuple[int, str, str]:
        return _json(
            issuer=self.url,
            authorization_endpoint=f"{self.url}/authorize",
            token_endpoint=f"{self.url}/token",
            userinfo_endpoint=f"{self.url}/userinfo",
            jwks_uri=f"{self.url}/keys",
            end_session_endpoint=f"{self.url}/end",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=["client_secret_basic"],
            code_challenge_methods_supported=["S256"],
            scopes_supported=["openid", "email", "profile"],
        )

    def _keys(self, request: object, given: object) -> tuple[int, str, str]:
        return _json(keys=[_key("own").as_dict(private=False)])

    def _refuse(self, why: str) -> tuple[int, str, str]:
        self.wrong.append(why)
        return 400, "application/json", json.dumps({"error": "invalid_request", "error_description": why})

    def _authorize(self, request: object, given: dict[str, str]) -> tuple[int, str, str]:
        asked = {
            "client_id": given.get("client_id") == self.client_id,
            "redirect_uri": given.get("redirect_uri") in self.returns,
            "response_type": given.get("response_type") == "code",
            "scope": {"openid", "email"} <= set(given.get("scope", "").split()),
            "state": len(given.get("state", "")) >= 16,
            "nonce": len(given.get("nonce", "")) >= 16,
            "code_challenge": given.get("code_challenge_method") == "S256" and "code_challenge" in given,
        }
        if not all(asked.values()):
            return self._refuse(f"authorize: {[name for name, right in asked.items() if not right]}")
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(given[name])}">'
            for name in ("redirect_uri", "state", "nonce", "code_challenge")
        )
        buttons = "".join(f'<button name="person" value="{name}">{name}</button>' for name in self.people)
        head = '<!doctype html><link rel="icon" href="data:,"><title>Sign in</title>'
        page = f'{head}<form action="/choose">{hidden}{buttons}</form>'
        return 200, "text/html; charset=utf-8", page

    def _choose(self, request: object, given: dict[str, str]) -> tuple[int, str, str]:
        if given.get("redirect_uri") not in self.returns:
            return self._refuse("choose: redirect_uri")
        if self.people[given["person"]].fault == "denied":
            back = {"error": "access_denied", "error_description": "no", "state": given["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = given
            back = {"code": code, "state": given["state"]}
        return 302, "location", f"{given['redirect_uri']}?{urlencode(back)}"

    def _token(self, request: Any, given: dict[str, str]) -> tuple[int, str, str]:
        basic = request.headers.get("authorization", "").removeprefix("Basic ")
        name, _, secret = base64.b64decode(basic).decode().partition(":")
        asked = self.codes.pop(given.get("code", ""), None)  # a code is good once
        if asked is None:
            return self._refuse("token: code")
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        right = {
            "client": (unquote(name), unquote(secret)) == (self.client_id, self.client_secret),
            "grant_type": given.get("grant_type") == "authorization_code",
            "redirect_uri": given.get("redirect_uri") == asked["redirect_uri"],
            "code_verifier": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            == asked["code_challenge"],
        }
        if not all(right.values()):
            return self._refuse(f"token: {[part for part, ok in right.items() if not ok]}")
        person = self.people[asked["person"]]
        if person.fault == "token":
            return 400, "application/json", json.dumps({"error": "invalid_grant"})
        access = secrets.token_urlsafe(16)
        self.codes[f"access {access}"] = asked
        return _json(
            access_token=access, token_type="Bearer", expires_in=300, id_token=self._signed(asked, person)
        )

    def _signed(self, asked: dict[str, str], person: Person) -> str:
        now = int(time.time())
        claims = self._facts(asked["person"], person) | {
            "iss": self.url,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= {
            "audience": {"aud": "somebody-else"},
            "issuer": {"iss": "http://127.0.0.1:1"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "nonce": {"nonce": secrets.token_urlsafe(16)},
        }.get(person.fault, {})
        if person.fault == "unsigned":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            coded = (
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
            )
            return ".".join([*coded, ""])
        key = _key("stranger" if person.fault == "signature" else "own")
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def _facts(self, name: str, person: Person) -> dict[str, object]:
        facts = {"sub": name, "email": person.email, "email_verified": person.verified}
        return {key: value for key, value in facts.items() if value is not None}

    def _userinfo(self, request: Any, given: object) -> tuple[int, str, str]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        asked = self.codes.get(f"access {token}")
        if asked is None:
            return self._refuse("userinfo: token")
        return _json(**self._facts(asked["person"], self.people[asked["person"]]))

    def _end(self, request: object, given: dict[str, str]) -> tuple[int, str, str]:
        if given.get("post_logout_redirect_uri") not in self.returns or "id_token_hint" not in given:
            return self._refuse("end: post_logout_redirect_uri or id_token_hint")
        self.signed_out += 1
        return 302, "location", given["post_logout_redirect_uri"]


def _json(**facts: object) -> tuple[int, str, str]:
    return 200, "application/json", json.dumps(facts)
