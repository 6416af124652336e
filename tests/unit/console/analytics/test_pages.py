"""The analytics page counts once for all who look, and anew when its figures are old."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from starlette.testclient import TestClient

from aurora.accounts.person import Role
from aurora.console.analytics.routes import AnalyticsPages, analytics_routes
from aurora.console.frame import Frame
from aurora.records.call_figures import Before
from aurora.records.gathered import Gathered, Kinds
from tests.console_door import somebody
from tests.line import example_site


class Counted:
    """Figures of nothing, and how often they were asked for."""

    asked = 0

    async def gather(self, since: datetime, until: datetime) -> Gathered:
        self.asked += 1
        return Gathered()

    async def kinds(self, since: datetime, until: datetime) -> Kinds:
        return Kinds()

    async def before(self, since: datetime, until: datetime) -> Before:
        return Before({}, None)


def test_figures_are_counted_once_for_all_until_they_are_old():
    now = [datetime(2026, 11, 26, 2, 0, tzinfo=UTC)]
    door, site, counted = somebody(Role.VIEWER), example_site(), Counted()
    pages = AnalyticsPages(Frame(site, door), site, counted, None, lambda: now[0])  # type: ignore[arg-type]
    app = FastAPI()
    app.include_router(analytics_routes(pages, door))
    client = TestClient(app)

    def look(days: int) -> None:
        assert client.get(f"/console/analytics?days={days}").status_code == 200

    look(30)
    look(30)
    assert counted.asked == 1
    look(7)
    assert counted.asked == 2
    now[0] += timedelta(seconds=59)
    look(30)
    assert counted.asked == 2
    now[0] += timedelta(seconds=2)
    look(30)
    assert counted.asked == 3
