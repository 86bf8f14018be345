"""What a person does with deliveries: send one again now, and see by a test message whether a way works."""

from __future__ import annotations

from registry.delivery.addresses import all_addresses
from registry.delivery.claims import again
from registry.delivery.models import SENT
from registry.delivery.parcel import FOLDER, Parcel
from registry.delivery.queries import delivery, ids_of
from registry.delivery.queue import queue_to
from registry.delivery.sending import Sent, send_due
from registry.house import House
from registry.refusals import MisusedError, RefusedError
from registry.store.clock import instant_text

FAILURES = "failures"


def retry(house: House, id: int) -> Sent:
    """Try a delivery that failed or was given up at once. Raises MisusedError, RefusedError."""
    with house.store.note() as connection:
        row = delivery(connection, id)
        if row is None:
            raise MisusedError(f"there is no delivery {id}", f"没有第 {id} 号投递")
        if not again(connection, id, house.clock.now()):
            if row.status == SENT:
                raise RefusedError(
                    f"delivery {id} has arrived; it is not sent twice", f"第 {id} 号投递已送达，不会重复发送"
                )
            raise RefusedError(
                f"delivery {id} is on its way already; look again in a minute",
                f"第 {id} 号投递正在发送或即将发送，请稍后查看",
            )
    return send_due(house, [id])


def send_test(house: House, channel: str, address: str | None, by: str) -> list[int]:
    """Send a test message by a channel: to one of its addresses, or to those that are told of failures. Gives the ids of
    the deliveries. Raises RefusedError."""
    there = [
        (way, target, lists)
        for way, target, lists in all_addresses(house.settings.delivery)
        if way == channel
    ]
    if not there:
        raise RefusedError(
            f"nothing is set for {channel}; write it into config.toml under [delivery]",
            f"尚未设置 {channel}；请在 config.toml 的 [delivery] 中填写",
        )
    if address is not None:
        chosen = [target for _way, target, _lists in there if target == address]
    else:
        chosen = [target for _way, target, lists in there if channel == FOLDER or FAILURES in lists]
    if not chosen:
        known = "、".join(target for _way, target, _lists in there)
        raise RefusedError(
            f"say which address is to get the test message; there are {known}",
            f"请指定接收测试信息的地址，可选：{known}",
            "--address ADDRESS",
        )
    lists_of = {target: lists for _way, target, lists in there}
    at = house.clock.now()
    name = f"tidu-test-{at:%Y%m%d-%H%M%S}.txt"
    text = f"这是梯度系统发出的测试信息，用于核对投递设置，无需处理。\n由 {by} 于 {instant_text(at)} 发送。\n"
    ids: list[int] = []
    with house.store.write(by) as unit:
        for target in chosen:
            purpose = next(iter(lists_of[target]), FAILURES)
            parcel = Parcel(
                f"test/{instant_text(unit.at)}/{len(ids)}", ("梯度系统测试信息", "Test message of Tidu"), text,
                ((name, text.encode()),), purpose,
            )  # fmt: skip
            queue_to(house, unit, parcel, [(channel, target)])
            ids += ids_of(unit.connection, parcel.id)
    send_due(house, ids)
    return ids
