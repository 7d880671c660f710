"""What ``kanjian check`` asks of the ledger."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kanjian import health
from kanjian.ledger.selectors import verify_chain


@health.check("ledger.chain")
def chain_is_whole() -> Iterator[health.Problem]:
    """Every event is what was written, in order, and none is missing."""
    result = verify_chain()
    if result.broken is not None:
        yield health.Problem(
            "ledger.chain",
            health.Severity.ERROR,
            _("台账在第 %(sequence)d 条事件处断链：%(reason)s")
            % {"sequence": result.broken.sequence, "reason": result.broken.reason},
            _("停止写入，保存数据库副本，用备份核对该事件"),
        )
