"""Routes without an authorizer are few, and each checks its caller itself."""

from tests.support import deployed

# path -> how its door knows the caller
OPEN = {
    "/access/password-requests": "the link's secret",
    "/access/sessions": "the link's secret and the password",
    "/reminder-stops": "the secret of a reminder's own link",
    "/webhooks/background-checks": "HMAC of the raw body",
    "/webhooks/appointments": "HMAC of the raw body",
    "/webhooks/certifications": "HMAC of the raw body",
    "/webhooks/sales": "HMAC of the raw body",
    "/producers/{npn}/certification-status": "the certification site's key",
}


def test_only_these_routes_have_no_authorizer() -> None:
    found = {path for method, path, _ in deployed.routes() if deployed.is_open(method, path)}
    assert found == set(OPEN)
