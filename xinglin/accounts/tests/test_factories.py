"""The factories make what the product would accept."""

import pytest

from xinglin.kernel import id_numbers

from .factories import make_person, make_resident, make_staff, make_tree, sign_in, viewer_of


@pytest.mark.django_db
def test_tree_and_viewers():
    tree = make_tree()
    assert tree.base.path.startswith(tree.province.path)
    assert tree.base.province_id == tree.province.pk == tree.province.province_id
    admin = viewer_of(make_staff("base_admin", tree.base))
    assert admin.covers(tree.base.path)
    assert not admin.covers(tree.sibling.path)
    assert viewer_of(make_staff("base_organization", tree.base)).person_id is None
    resident = viewer_of(make_resident(tree.base))
    assert resident.is_person
    assert resident.province_name == tree.province.name


@pytest.mark.django_db
def test_people_have_valid_numbers():
    assert id_numbers.check(make_person().id_number).value


@pytest.mark.django_db
def test_a_forced_sign_in_has_the_identity(client):
    user = make_resident(make_tree().base)
    assert sign_in(client, user).get("/sign-in/").wsgi_request.viewer.user_id == user.pk
