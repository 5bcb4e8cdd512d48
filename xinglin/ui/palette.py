"""A whole palette from one theme colour (P-14), always readable: pure, no Django.

The colour is darkened (light mode) or lightened (dark mode) until text on it and links in it keep WCAG AA.
"""

import colorsys

WHITE, DARK_GROUND = "#ffffff", "#16201f"
AA = 4.5


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` by WCAG 2.2, 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def at_lightness(colour: str, lightness: float, saturation: float = 1.0) -> str:
    """The same hue at a lightness of 0 to 1, its saturation scaled."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, strength = colorsys.rgb_to_hls(red, green, blue)
    mixed = colorsys.hls_to_rgb(hue, lightness, min(1.0, strength * saturation))
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)


def readable(colour: str, ground: str, wanted: float = AA) -> str:
    """The nearest lightness of the hue that has the wanted contrast against the ground."""
    if contrast(colour, ground) >= wanted:
        return colour
    steps = range(60, -1, -1) if luminance(ground) > 0.5 else range(40, 101)
    for step in steps:
        candidate = at_lightness(colour, step / 100)
        if contrast(candidate, ground) >= wanted:
            return candidate
    return "#000000" if luminance(ground) > 0.5 else WHITE


def stylesheet(colour: str) -> str:
    """CSS that overrides the primary colours of the theme in both modes."""
    main, night = readable(colour, WHITE, 5.5), readable(at_lightness(colour, 0.6), DARK_GROUND, 6)
    light = {
        "50": at_lightness(colour, 0.955, 0.6),
        "100": at_lightness(colour, 0.9, 0.6),
        "200": at_lightness(colour, 0.78, 0.6),
        "400": at_lightness(colour, 0.46, 0.8),
        "700": at_lightness(main, 0.17),
        "900": at_lightness(main, 0.11),
    }
    dark = {
        "50": at_lightness(colour, 0.13, 0.7),
        "100": at_lightness(colour, 0.17, 0.7),
        "200": at_lightness(colour, 0.25, 0.7),
        "400": at_lightness(colour, 0.46, 0.8),
        "700": at_lightness(night, 0.72),
        "900": at_lightness(night, 0.85),
    }
    return _block(":root", main, light) + _block("[data-bs-theme=dark]", night, dark)


def _block(selector: str, main: str, shades: dict[str, str]) -> str:
    lines = [f"--xl-teal:{main}", *(f"--xl-teal-{name}:{value}" for name, value in shades.items())]
    return selector + "{" + ";".join(lines) + "}\n"
