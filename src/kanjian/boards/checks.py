"""What ``kanjian check`` asks of the boards: methods that still mean what they meant, files that are whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from kanjian import health
from kanjian.boards.models import Edition, Release, Replay, SchemeVersion, StagedSet
from kanjian.boards.store import editions, releases
from kanjian.boards.store.folders import StoreError, damage, leftovers, stored
from kanjian.scoring import Scheme, SchemeError


@health.check("boards.schemes")
def schemes_load() -> Iterator[health.Problem]:
    """Every stored scheme is valid and has the hash it was stored with."""
    for version in SchemeVersion.objects.select_related("board"):
        try:
            found = Scheme.load(version.text).hash
        except SchemeError as error:
            message = _("方法“%(version)s”无法读取：%(error)s") % {"version": version, "error": error}
            yield _problem("boards.schemes", message, _("修正方法文本，或另建新版本"))
            continue
        if found != version.hash:
            message = _("方法“%(version)s”的内容与登记的哈希不符") % {"version": version}
            yield _problem("boards.schemes", message, _("从备份恢复该方法文本"))


@health.check("boards.editions")
def editions_are_whole() -> Iterator[health.Problem]:
    """Every edition's files are there and say what they said."""
    folder = editions.folder_of(settings.HOME)
    for edition in Edition.objects.select_related("board"):
        for found in damage(folder / edition.hash, edition.hash):
            message = _("期次“%(edition)s”的文件有误：%(what)s") % {"edition": edition, "what": found}
            yield _problem("boards.editions", message, _("从备份恢复该文件夹，或用同一方法和数据重新计算"))


@health.check("boards.releases")
def releases_are_whole() -> Iterator[health.Problem]:
    """Every release's files are there, and their content hashes to the release's name."""
    for release in Release.objects.select_related("board"):
        try:
            found = list(damage(releases.release_path(settings.HOME, release.hash), release.hash))
            if not found:
                releases.verify_release(settings.HOME, release.hash)
        except StoreError as error:
            found = [str(error)]
        for what in found:
            message = _("数据发布“%(release)s”的文件有误：%(what)s") % {"release": release, "what": what}
            yield _problem("boards.releases", message, _("从备份恢复该文件夹；榜单已发布的数字以台账中的哈希为准"))


@health.check("boards.orphans")
def no_orphans() -> Iterator[health.Problem]:
    """Folders that no row knows: harmless, what an interrupted computation leaves behind."""
    staged = StagedSet.objects.values_list("edition_hash", "release_hash")  # candidates; empty before they are computed
    candidates, frozen = ({pair[place] for pair in staged} for place in (0, 1))
    yield from _orphans(editions.folder_of(settings.HOME), {*_hashes(Edition), *_hashes(Replay), *candidates})
    yield from _orphans(releases.folder_of(settings.HOME), {*_hashes(Release), *frozen})


def _hashes(model: type[Edition] | type[Replay] | type[Release]) -> Iterable[str]:
    return model.objects.values_list("hash", flat=True)


def _orphans(folder: Path, known: Iterable[str]) -> Iterator[health.Problem]:
    names = sorted(set(stored(folder)) - set(known)) + [path.name for path in leftovers(folder)]
    for name in names:
        message = _("文件夹 %(path)s 没有对应的记录（计算中断留下的，无害）") % {"path": folder / name}
        yield health.Problem("boards.orphans", health.Severity.WARNING, message, _("没有计算在进行时可以删除"))


def _problem(code: str, message: str, remedy: str) -> health.Problem:
    return health.Problem(code, health.Severity.ERROR, message, remedy)
