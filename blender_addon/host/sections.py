"""The sections of the panel from top to bottom: what is needed every day first, what is opened now and then below."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from . import animation_panel, camera_object_panel, camera_panel, gallery_panel, panel, picture_panel, style_panel

SECTIONS = (
    panel.LooksPanel,
    gallery_panel.GalleryPanel,
    panel.BlobsPanel,
    panel.SelectedPanel,
    gallery_panel.CompletePanel,
    picture_panel.OwnPicturePanel,
    picture_panel.ViewPanel,
    style_panel.StylesPanel,
    style_panel.OtherScenePanel,
    camera_panel.CameraPanel,
    camera_object_panel.ObjectsPanel,
    animation_panel.AnimationPanel,
    style_panel.FilesPanel,
)


def put_in_order() -> None:
    """Tell Blender the order; before the panels are registered."""
    for order, section in enumerate(SECTIONS):
        section.bl_order = order
