"""Find and read a site: site.yaml, and its procedures and phrases over the packaged ones."""

from dataclasses import dataclass
from pathlib import Path

from aurora.errors import SiteError
from aurora.site.model import Site
from aurora.site.yaml_file import read_yaml

DEFAULT_SITE = Path(__file__).parent / "default"


@dataclass(frozen=True, slots=True)
class SitePaths:
    """Where a site's files are; later directories override earlier ones, file by file."""

    site: Path
    directories: tuple[Path, ...]

    def files(self, pattern: str) -> list[Path]:
        """Return the files matching a glob such as "procedures/en/*.yaml", overrides applied."""
        found = {
            path.relative_to(directory): path
            for directory in self.directories
            for path in sorted(directory.glob(pattern))
        }
        return [found[name] for name in sorted(found)]


def locate(path: Path | None) -> SitePaths:
    """Return the files of a site directory or site.yaml; the packaged example for None."""
    if path is None:
        return SitePaths(DEFAULT_SITE / "site.yaml", (DEFAULT_SITE,))
    site_file = path / "site.yaml" if path.is_dir() else path
    if not site_file.is_file():
        raise SiteError(f"{site_file}: no such file; name a site.yaml or its directory")
    return SitePaths(site_file, (DEFAULT_SITE, site_file.parent))


def load_site(paths: SitePaths) -> Site:
    """Return the checked site; raises SiteError."""
    return read_yaml(paths.site, Site)
