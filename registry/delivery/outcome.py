"""What became of one try, why it failed in both languages, and when the next one is due."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from registry.said import Said

LONGEST_DETAIL = 400

#: Why something did not arrive. The words of the other side are kept beside it.
REASONS = {
    "unreachable": Said("the server cannot be reached", "无法连接服务器"),
    "timeout": Said("no answer in time; whether it arrived is unknown", "等待超时，是否送达未知"),
    "dropped": Said(
        "the connection broke before the receiver confirmed; whether it arrived is unknown",
        "对方确认前连接中断，是否送达未知",
    ),
    "not_now": Said("the receiver does not take it now", "对方暂不接收"),
    "refused": Said("the receiver refuses it for good", "对方拒收"),
    "sign_in": Said(
        "the mail server refuses the sign-in; check its user and password on the server",
        "邮件服务器拒绝登录；请在服务器上核对邮件账号和密码",
    ),
    "not_private": Said(
        "the connection cannot be encrypted, or the server's certificate is not trusted; nothing was sent",
        "无法建立加密连接或证书不受信任，未发送；请核对邮件或接口服务器的证书设置",
    ),
    "redirect": Said(
        "the receiver has another address; write that one into the settings [delivery]",
        "对方地址已变更；请在设置 [delivery] 中改为新地址",
    ),
    "not_configured": Said(
        "this address stands no longer in the settings [delivery]", "该地址已不在设置 [delivery] 中"
    ),
    "file_lost": Said(
        "a file of it is missing or altered on this server; make the bulletin anew",
        "服务器上的文件缺失或已被改动；请重新生成",
    ),
    "folder": Said(
        "the folder cannot be written; check that it exists, is writable and has space",
        "无法写入文件夹；请检查其是否存在、可写、有剩余空间",
    ),
    "died": Said(
        "the sending process ended in between; whether it arrived is unknown", "发送过程中断，是否送达未知"
    ),
    "restored": Said(
        "it was waiting when the backup was made; see whether it arrived since, else send it again",
        "制作备份时尚未送达；请先核实其后是否已送达，未送达再重发",
    ),
    "error": Said(
        "an error of this program; pass the time on to whoever runs it", "程序出错；请把时间告知系统管理员"
    ),
}


@dataclass(frozen=True)
class Outcome:
    """One try. ``receipt``: what proves the arrival; without it ``reason`` (see REASONS) and ``detail``, the words of the
    other side. ``final``: trying again is of no use. ``wait``: the other side asked for so much time. ``unreachable``:
    nothing was even begun, so others that take the same way need not try now."""

    receipt: str | None = None
    reason: str = ""
    detail: str = ""
    final: bool = False
    wait: timedelta | None = None
    unreachable: bool = False


def arrived(receipt: str) -> Outcome:
    return Outcome(receipt=receipt)


def tidied(text: str, secrets: Iterable[str] = ()) -> str:
    """Foreign words for keeping: one line, printable, of bounded length, without any secret of ours."""
    for secret in secrets:
        if secret:
            for form in (secret, base64.b64encode(secret.encode()).decode()):
                text = text.replace(form, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"


def wait_after(tries: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after the n-th try failed: ``first``, doubled with each further one, up to ``longest``."""
    doubled: int = 1 << min(tries - 1, 30)
    return min(longest, first * doubled)
