"""Who exports at all."""

from xinglin.kernel.viewer import Viewer


def works_with_lists(viewer: Viewer) -> bool:
    """Staff export lists; a resident's own identity has none."""
    return not viewer.is_person
