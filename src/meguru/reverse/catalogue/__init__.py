"""Product types: who made them, what their plates and codes say, what they look like."""

from meguru.reverse.catalogue.components import Catalogue, Photo, ProductType
from meguru.reverse.catalogue.files import add_photo, load_catalogue, save_catalogue
from meguru.reverse.catalogue.table import import_catalogue

__all__ = [
    "Catalogue",
    "Photo",
    "ProductType",
    "add_photo",
    "import_catalogue",
    "load_catalogue",
    "save_catalogue",
]
