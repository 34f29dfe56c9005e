"""What axe-core, a program that looks for barriers in web pages, finds in a part of a page."""

import pytest

GRAVE = ("serious", "critical")  # of its four grades, the two that stop somebody


def barriers(page, include: str, exclude=()) -> list[str]:
    """One line for each grave finding in the parts of the page that `include` names; an empty list is what one wants."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    assert page.locator(include).count(), f"nothing on the page is {include}"
    context = {"include": [[include]], "exclude": [[each] for each in exclude]}
    found = axe.Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['impact']}: {rule['id']}: {rule['help']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
