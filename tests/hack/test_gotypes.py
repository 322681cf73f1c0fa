"""Reading the struct types of a Go package."""

import gotypes
import pytest

SOURCE = '''
package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

/*
type Nothing struct {
}
*/

// Phase is a named string.
type Phase string

type Hidden func(a string)

// +genclient
type Thing struct {
	metav1.TypeMeta `json:",inline"`
	// Size is a pointer. // with a comment
	Size *int32 `json:"size,omitempty" protobuf:"varint,1,opt,name=size"` // trailing
	First, Second string
	UID types.UID `json:"uid,omitzero"`
	Labels map[string]string `json:"labels,omitempty"`
}

type Empty struct{}
'''


@pytest.fixture
def package(tmp_path):
    (tmp_path / "types.go").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "types_test.go").write_text("package v1\ntype Tested struct {\n}\n", encoding="utf-8")
    return gotypes.read_package(tmp_path)


def test_types_by_their_form(package):
    assert (package.name, set(package.structs), package.named) == ("v1", {"Thing", "Empty"}, {"Phase": "string"})
    assert package.imports == {"metav1": "k8s.io/apimachinery/pkg/apis/meta/v1",
                               "types": "k8s.io/apimachinery/pkg/types"}


def test_fields_with_names_types_and_tags(package):
    fields = {field.name: field for field in package.structs["Thing"]}
    assert list(fields) == ["TypeMeta", "Size", "First", "Second", "UID", "Labels"]
    assert fields["TypeMeta"].embedded and fields["TypeMeta"].json == ""
    assert (fields["Size"].type, fields["Size"].json, fields["Size"].options) == ("*int32", "size", {"omitempty"})
    assert fields["UID"].options == {"omitzero"}
    assert fields["Labels"].type == "map[string]string"


def test_a_folder_without_go_files(tmp_path):
    with pytest.raises(FileNotFoundError):
        gotypes.read_package(tmp_path)
