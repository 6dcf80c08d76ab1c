"""What a resolver knows of its routes, for answers that name the allowed methods."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver


def methods_of(app: ApiGatewayResolver, path: str) -> list[str]:
    """Methods that exist for a path, sorted; empty if no route matches it."""
    routes = [*app._static_routes, *app._dynamic_routes]
    return sorted({str(route.method) for route in routes if route.rule.match(path)})
