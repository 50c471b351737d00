"""Pictures of gallery pages: `python tests/gallery/shoot.py PORT OUT_DIR [--anonymous] [address …]`; also says what the browser complains of."""

import re
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZES = {"wide": (1280, 860), "phone": (390, 844)}


def shoot(context: BrowserContext, base: str, address: str, out: Path, size: str) -> None:
    page = context.new_page()
    page.on("console", lambda message: message.type in {"error", "warning"} and sys.stdout.write(f"{address}: {message.text}\n"))
    page.on("pageerror", lambda error: sys.stdout.write(f"{address}: {error}\n"))
    page.goto(base + address, wait_until="load")
    page.wait_for_timeout(450)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        sys.stdout.write(f"{address}: wider than a {size} screen\n")
    page.screenshot(path=out, full_page=size == "wide")
    page.close()


def main() -> None:
    base, folder, addresses = f"http://127.0.0.1:{sys.argv[1]}", Path(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        anonymous = "--anonymous" in addresses
        addresses = [address for address in addresses if address != "--anonymous"]
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                if not anonymous:
                    context.request.get(base + "/enter/")
                for address in addresses:
                    name = re.sub(r"\W+", "-", address).strip("-") or "home"
                    shoot(context, base, address, folder / f"{name}_{size}_{scheme}.png", size)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
