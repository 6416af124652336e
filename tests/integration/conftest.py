"""What holds for every test of this folder."""

import pytest
import yaml

from aurora.site.load import DEFAULT_SITE
from tests.unhurried import certificates, patience

__all__ = ["certificates", "patience"]


@pytest.fixture(scope="module")
def emergency_line(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A site that names whom to dial for the public services."""
    site = yaml.safe_load((DEFAULT_SITE / "site.yaml").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("site") / "site.yaml"
    path.write_text(yaml.safe_dump(site | {"emergency_line": "emergency_desk"}), encoding="utf-8")
    return {"AURORA_SITE": str(path)}
