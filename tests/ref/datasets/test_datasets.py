"""Every data format: what it reads, and the one line it says about what it cannot read."""

import gzip
import struct

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import load


def message(spec):
    with pytest.raises(ConfigError) as error:
        load(spec)
    assert "\n" not in str(error.value)
    return str(error.value)


def write(path, content):
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content, encoding="utf-8")
    return path


class TestSpecifications:
    def test_unknown_names_the_known(self):
        assert message("nope:x") == (
            "data: unknown 'nope:x'; known are digits, "
            "prototypes[:classes=10,bits=1000,flip=0.46,train=20000,test=3000,seed=1], mnist:DIR, csv:FILE, npz:FILE, "
            "ucr:PREFIX, sequence:digits, smnist:DIR"
        )

    @pytest.mark.parametrize("name", ["mnist", "csv", "npz", "smnist"])
    def test_a_path_is_needed(self, name):
        assert message(name).startswith(f"data: {name} needs a f")
        assert "nowhere is not a f" in message(f"{name}:nowhere")


class TestDigits:
    def test_fixed_stratified_split(self):
        digits = load("digits")
        assert (digits.x_train.shape, digits.x_test.shape) == ((1347, 64), (450, 64))
        assert (digits.x_train.min(), digits.x_train.max()) == (0, 16)
        assert np.bincount(digits.y_test).tolist() == [45, 46, 44, 46, 45, 46, 45, 45, 43, 45]
        assert digits.digest() == load("digits").digest()

    def test_no_argument(self):
        assert message("digits:3") == "data: digits takes no argument, not '3'"


class TestPrototypes:
    SMALL = "prototypes:classes=4,bits=200,flip=0.25,train=2000,test=400"

    def test_shape_values_and_balance(self):
        data = load(self.SMALL)
        assert (data.x_train.shape, data.x_test.shape) == ((2000, 200), (400, 200))
        assert np.unique(data.x_train).tolist() == [-1, 1]
        assert np.bincount(data.y_train).tolist() == [500] * 4

    def test_bits_are_flipped_with_the_stated_probability(self):
        data = load(self.SMALL)
        for label in range(4):
            x = data.x_train[data.y_train == label].astype(int)
            prototype = np.sign(x.sum(axis=0))
            assert abs((x != prototype).mean() - 0.25) < 0.01
            # test samples come from the same prototypes
            assert (data.x_test[data.y_test == label] @ prototype).mean() == pytest.approx(100, abs=5)

    def test_seed(self):
        assert load(self.SMALL).digest() == load(self.SMALL).digest() != load(self.SMALL + ",seed=2").digest()

    @pytest.mark.parametrize(
        ("argument", "expected"),
        [
            ("flip=0.6", "flip: 0.6 is out of range; it must be 0 to 0.5"),
            ("flip=nan", "flip: nan is out of range"),
            ("bits=1.5", "bits: '1.5' is not a whole number"),
            ("speed=1", "unknown option 'speed'; known are classes, bits, flip, train, test, seed"),
            ("train=5", "train: 5 is out of range; it must be 20 to"),
            ("classes", "classes: '' is not a whole number"),
        ],
    )
    def test_bad_options(self, argument, expected):
        assert f"data: prototypes: {expected}" in message(f"prototypes:{argument}")


def idx(array, magic=None):
    array = np.asarray(array, np.uint8)
    return struct.pack(f">{1 + array.ndim}I", magic or 0x800 | array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def mnist(tmp_path):
    """A folder of twenty 2 × 3 images for training and ten for testing; the training part gzipped."""
    images = np.arange(20 * 6).reshape(20, 2, 3)
    write(tmp_path / "train-images-idx3-ubyte.gz", gzip.compress(idx(images)))
    write(tmp_path / "train-labels-idx1-ubyte.gz", gzip.compress(idx(np.arange(20) % 10)))
    write(tmp_path / "t10k-images-idx3-ubyte", idx(images[:10]))
    write(tmp_path / "t10k-labels-idx1-ubyte", idx(np.arange(10)))
    return tmp_path


class TestMnist:
    def test_reads_gzipped_and_plain_files(self, mnist):
        data = load(f"mnist:{mnist}")
        assert data.x_train.tolist() == np.arange(120).reshape(20, 6).tolist()
        assert data.y_train.tolist() == [*range(10)] * 2
        assert data.x_test.shape == (10, 6)
        rows = load(f"smnist:{mnist}")
        assert rows.sequential
        assert rows.x_train.reshape(20, 6).tolist() == data.x_train.tolist()
        assert rows.y_train.tolist() == data.y_train.tolist()

    def test_pixels_are_divided_by_one_median_or_each_by_its_own(self, mnist):
        assert load(f"mnist:{mnist}").binarise == load(f"smnist:{mnist}").binarise == "median"
        grey = np.arange(120).reshape(20, 2, 3)
        grey[:, 0, 0] = np.arange(20) % 3  # a dark corner
        write(mnist / "train-images-idx3-ubyte.gz", gzip.compress(idx(grey)))
        assert load(f"mnist:{mnist}").binarise == "thermometer=1"
        strokes = 255 * (np.arange(120).reshape(20, 2, 3) % 7 == 0)
        for images in (strokes, 255 - strokes):
            write(mnist / "train-images-idx3-ubyte.gz", gzip.compress(idx(images)))
            assert load(f"mnist:{mnist}").binarise == "median"

    @pytest.mark.parametrize(
        ("name", "content", "expected"),
        [
            (
                "t10k-images-idx3-ubyte",
                idx(np.zeros((10, 2, 3)))[:-1],
                "truncated: 75 bytes where the header announces 76",
            ),
            (
                "t10k-images-idx3-ubyte",
                idx(np.zeros((10, 2, 3))) + b"x",
                "too long: 77 bytes where the header announces 76",
            ),
            ("t10k-images-idx3-ubyte", b"\0\0\x08", "truncated: 3 bytes, shorter than the 16-byte IDX header"),
            ("t10k-images-idx3-ubyte", idx(np.zeros((10, 2, 3)), 0x801), "magic number 0x00000801 is wrong"),
            (
                "t10k-images-idx3-ubyte",
                idx(np.zeros((10, 3, 3))),
                "training images have shape (2, 3) and test images (3, 3)",
            ),
            ("t10k-images-idx3-ubyte", idx(np.zeros((9, 2, 3))), "10 labels for 9 images"),
            ("t10k-labels-idx1-ubyte", idx([1] * 9 + [10]), "label 10 of sample 10 is out of range; it must be 0 to 9"),
            (
                "train-images-idx3-ubyte.gz",
                gzip.compress(idx(np.zeros((20, 2, 3))), mtime=0)[:-9],
                "damaged or truncated gzip file",
            ),
            ("train-labels-idx1-ubyte.gz", b"not gzip", "damaged or truncated gzip file"),
        ],
    )
    def test_bad_files_are_named(self, mnist, name, content, expected):
        write(mnist / name, content)
        assert expected in message(f"mnist:{mnist}")
        assert str(mnist) in message(f"mnist:{mnist}")

    def test_missing_file(self, mnist):
        (mnist / "t10k-labels-idx1-ubyte").unlink()
        assert message(f"mnist:{mnist}").endswith(
            "holds neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz; "
            "it holds t10k-images-idx3-ubyte, train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz"
        )

    def test_no_images(self, mnist):
        write(mnist / "t10k-images-idx3-ubyte", idx(np.zeros((0, 2, 3))))
        write(mnist / "t10k-labels-idx1-ubyte", idx(np.zeros(0)))
        assert "it holds no images" in message(f"mnist:{mnist}")


ROWS = "".join(f"{i},{i / 2},{'cat' if i % 2 else 'dog'}\n" for i in range(5, 25))


class TestCsv:
    def test_header_and_words_as_labels(self, tmp_path):
        data = load(f"csv:{write(tmp_path / 'a.csv', 'length,weight,animal' + chr(10) + ROWS)}")
        assert data.class_names == ("cat", "dog")
        assert (data.x_train.shape, data.x_test.shape) == ((16, 2), (4, 2))
        assert np.bincount(data.y_test).tolist() == [2, 2]
        assert all(x[1] == x[0] / 2 and y == (x[0] + 1) % 2 for x, y in zip(data.x_test, data.y_test, strict=True))

    def test_header_blank_lines_and_byte_order_mark_do_not_change_the_data(self, tmp_path):
        plain = load(f"csv:{write(tmp_path / 'a.csv', ROWS)}")
        odd = load(f"csv:{write(tmp_path / 'b.csv', chr(0xFEFF) + 'a,b,c' + chr(10) * 3 + ROWS.replace(',', ', '))}")
        assert plain.digest() == odd.digest()

    def test_numeric_labels_sort_as_numbers(self, tmp_path):
        rows = "".join(f"{i},{(2, 10, 3)[i % 3]}.0\n" for i in range(30))
        assert load(f"csv:{write(tmp_path / 'a.csv', rows)}").class_names == ("2", "3", "10")

    def test_binary_features_need_no_thermometer(self, tmp_path):
        rows = "".join(f"{i % 2},{i // 2 % 2},{i % 2}\n" for i in range(20))
        assert load(f"csv:{write(tmp_path / 'a.csv', rows)}").binarise == "threshold=0"
        assert load(f"csv:{write(tmp_path / 'b.csv', ROWS)}").binarise == "thermometer=8"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (ROWS + "1,nan,cat\n", "row 21, column 2: nan is not a finite number"),
            (ROWS + "inf,1,cat\n", "row 21, column 1: inf is not a finite number"),
            ("a,b,c\n" + ROWS + "1,x,cat\n", "row 22, column 2: 'x' is not a number"),
            ("1,,cat\n" + ROWS, "row 1, column 2: '' is not a number"),
            (ROWS + "1,2\n", "row 21: 2 columns; it must be 3 as in the rows above"),
            (ROWS + "1,2,\n", "row 21, column 3: the label is ''"),
            (ROWS + "1,2,NaN\n", "row 21, column 3: the label is 'NaN'"),
            ("1:2:3\n", "row 1: 1 column; it must be at least one feature"),
            ("", "it holds no samples"),
            ("a,b\n", "it holds no samples"),
            ("1,2,cat\n" * 9, "last column: 1 different labels is out of range; it must be 2 to 256"),
            ("".join(f"{i},{i / 7}\n" for i in range(300)), "last column: 300 different labels is out of range"),
            ("1,0\n2,1\n", "test part of csv:"),
            (b"\xff\xfe\x00\x01", "not a CSV file"),
        ],
    )
    def test_bad_tables(self, tmp_path, text, expected):
        path = write(tmp_path / "bad.csv", text)
        assert expected in message(f"csv:{path}")
        assert str(path) in message(f"csv:{path}")


class TestNpz:
    X = np.arange(60, dtype=float).reshape(20, 3)
    Y = np.arange(20) % 2

    def save(self, tmp_path, **arrays):
        np.savez(tmp_path / "a.npz", **arrays)
        return f"npz:{tmp_path / 'a.npz'}"

    def test_own_test_part(self, tmp_path):
        data = load(self.save(tmp_path, x=self.X, y=self.Y + 5, x_test=self.X[:4], y_test=[6, 5, 6, 5]))
        assert data.class_names == ("5", "6")
        assert (len(data.x_train), data.y_test.tolist()) == (20, [1, 0, 1, 0])

    def test_a_fifth_is_split_off_and_images_are_flattened(self, tmp_path):
        data = load(self.save(tmp_path, x=self.X.reshape(20, 3, 1), y=np.array(["b", "a"] * 10)))
        assert data.class_names == ("a", "b")
        assert (data.x_train.shape, data.x_test.shape) == ((16, 3), (4, 3))

    def test_whole_numbers_as_floats_are_labels(self, tmp_path):
        data = load(self.save(tmp_path, x=self.X, y=self.Y + 5.0))
        assert data.class_names == ("5", "6")

    @pytest.mark.parametrize(
        ("arrays", "expected"),
        [
            ({"x": X}, "array 'y' is missing; it holds x"),
            ({"z": X}, "array 'x' is missing; it holds z"),
            (
                {"x": np.where(X == 7, np.nan, X), "y": Y},
                "x: row 3, column 2 is nan; every feature must be a finite number",
            ),
            ({"x": X, "y": Y[:5]}, "y has shape (5,); it must be (20,), one label for each row of x"),
            ({"x": X[:, 0], "y": Y}, "x is float64 of shape (20,); it must be real numbers (n, features)"),
            ({"x": X.astype(complex), "y": Y}, "x is complex128"),
            ({"x": X, "y": Y + 0.5}, "y is float64; labels must be whole numbers or strings"),
            ({"x": X, "y": Y * 0}, "y: 1 different labels is out of range"),
            ({"x": X, "y": Y, "x_test": X}, "array 'y_test' is missing"),
            ({"x": X, "y": Y, "x_test": X[:, :2], "y_test": Y}, "x_test has 2 features; it must have x's 3"),
            ({"x": X, "y": Y, "x_test": X, "y_test": Y + 1}, "y_test: label '2' of row 2 does not occur in y"),
            ({"x": np.array([object()] * 4), "y": Y[:4]}, "x holds Python objects; save it as x.astype(float)"),
            ({"x": X, "y": np.array(["a", "b"] * 10, object)}, "y holds Python objects; save it as y.astype(str)"),
        ],
    )
    def test_bad_arrays(self, tmp_path, arrays, expected):
        assert expected in message(self.save(tmp_path, **arrays))

    def test_foreign_files(self, tmp_path):
        np.save(tmp_path / "array.npy", self.X)
        write(tmp_path / "text.npz", "hello")
        write(tmp_path / "empty.npz", b"")
        single = "an .npy file, which holds one array; np.savez writes several, such as x and y"
        assert message(f"npz:{tmp_path / 'array.npy'}") == f"{tmp_path / 'array.npy'}: {single}"
        for name in ("text.npz", "empty.npz"):
            assert (
                message(f"npz:{tmp_path / name}")
                == f"{tmp_path / name}: damaged, or not an .npz archive of plain arrays"
            )
