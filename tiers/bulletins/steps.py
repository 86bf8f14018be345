"""The steps of a bridge in words: what makes a number rise and fall. Pure."""

from __future__ import annotations

from tiers.bulletins.saying import Speech

#: Reasons of design §5 in the order in which sentences tell them: (on paper, in a sentence).
STEPS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "new": (("新增认定", "new"), ("新增", "newly counted")),
    "renewed": (("中断后恢复", "back after a gap"), ("中断后恢复", "back after a gap")),
    "moved_in": (("迁入", "moved in"), ("迁入", "moved in")),
    "moved_within": (("市内迁移", "moved within the city"), ("市内迁移", "moved within the city")),
    "expired": (("到期退出", "ended"), ("到期退出", "ended")),
    "revoked": (("撤销", "revoked"), ("被撤销", "revoked")),
    "cancelled": (("注销或吊销", "struck off"), ("注销或吊销", "struck off")),
    "merged": (("被吸收合并", "absorbed"), ("被吸收合并", "absorbed")),
    "moved_out": (("迁出", "moved out"), ("迁出", "moved out")),
    "corrected": (("数据更正", "corrected"), ("数据更正", "corrections")),
}


def step_name(reason: str, speech: Speech) -> str:
    return speech.say(*STEPS.get(reason, ((reason, reason), ("", "")))[0])


def step_said(reason: str, speech: Speech) -> str:
    return speech.say(*STEPS.get(reason, (("", ""), (reason, reason)))[1])
