"""``GET /v1/alignment/layers``."""

import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from indexer.service import LexiconService
from tests.api.conftest import Refused
from tests.indexer.plots.reports import keep

PATH = "/v1/alignment/layers"


@pytest.fixture
def layered(service: LexiconService) -> LexiconService:
    """Two layers of one checkpoint, the deeper one's index gone since."""
    for layer, generations in ((1, {"en": "gone"}), (0, {})):
        scored = {"p_at_1": layer / 2, "auc": 0.5 + layer / 4}
        keep(
            service,
            f"bloom-560m?layer={layer}",
            {("en", "fr"): scored, ("en", "kn"): {"p_at_1": 0.25}},
            layer,
            generations=generations,
        )
    return service


@pytest.mark.usefixtures("layered")
def test_curves_are_those_of_the_stored_reports(tiny: TestClient) -> None:
    answer = tiny.get(PATH, params={"encoder": "bloom-560m", "pair": "en-fr"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "encoder": "bloom-560m",
        "stratum": "",
        "memorised": False,
        "stale": ["bloom-560m?layer=1"],
        "curves": [
            {
                "metric": "p_at_1",
                "source": "en",
                "target": "fr",
                "points": [
                    {"layer": 0, "value": 0.0, "low": -0.1, "high": 0.1, "n": 4},
                    {"layer": 1, "value": 0.5, "low": 0.4, "high": 0.6, "n": 4},
                ],
            }
        ],
    }


@pytest.mark.usefixtures("layered")
def test_several_metrics_of_all_pairs_can_be_asked_for(tiny: TestClient) -> None:
    chosen = {"encoder": "bloom-560m", "metric": ["auc", "p_at_1"]}
    curves = tiny.get(PATH, params=chosen).json()["curves"]
    assert [(one["metric"], one["target"]) for one in curves] == [
        ("auc", "fr"),
        ("p_at_1", "fr"),
        ("p_at_1", "kn"),
    ]


@pytest.mark.usefixtures("layered")
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"metric": "none"}, "no stored report has the metric 'none'"),
        ({"pair": "fr-en"}, "no stored report has the pair 'fr-en'"),
        ({"stratum": "pos=noun"}, "no stored report has the part 'pos=noun'"),
        ({"metric": ""}, "metric.0=''"),
    ],
)
def test_what_no_report_has_is_refused(
    refused: Refused, parameters: dict[str, str], said: str
) -> None:
    assert said in refused(PATH, 422, encoder="bloom-560m", **parameters)["detail"]


@pytest.mark.usefixtures("layered")
def test_the_default_encoder_has_one_layer_only(refused: Refused) -> None:
    problem = refused(PATH, 404)
    assert problem["type"] == "urn:semantic-lexicon:layers-missing"
    assert "lexicon report --encoder axis --layer all" in problem["detail"]


def test_the_service_starts_without_what_draws() -> None:
    drawing = "{'matplotlib', 'plotly', 'openTSNE'}"
    code = f"import sys, api.app; print(sorted({drawing} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
