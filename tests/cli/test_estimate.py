from tests.cli.commands import complaint, run_json

UP5K = ["estimate", "--board", "icebreaker"]


def test_figures_of_a_board(capsys):
    result = run_json(capsys, *UP5K, "--hidden", 96, 96, "--lanes", 96)
    assert result["fits"]
    assert result["machine"]["lanes"] == 96
    assert result["utilisation"]["ICESTORM_SPRAM"] == {"used": 4, "available": 4}
    rate = result["fmax_mhz"] * 1e6 / result["cycles_per_sample"]
    assert abs(result["samples_per_second"] / rate - 1) < 0.001


def test_what_does_not_fit_is_told_with_its_reason(capsys):
    result = run_json(capsys, *UP5K, "--hidden", 512, 512)
    assert (result["fits"], result["obstacle"]) == (False, "ICESTORM_SPRAM")


def test_sequences(capsys):
    network = ("--inputs", 96, "--state", 96, "--output", 96)
    result, longer = (run_json(capsys, *UP5K, *network, "--steps", steps) for steps in (8, 16))
    assert (result["network"], result["fits"]) == ("96-(96)-96-10", True)
    assert result["workload"]["gated"] < 0.2
    assert longer["cycles_per_sample"] > 1.9 * result["cycles_per_sample"]
    assert run_json(capsys, *UP5K, *network, "--fit", "lanes")["fits"]
    assert run_json(capsys, *UP5K, *network, "--fit", "network")["network"].count("(")


def test_local_error_signals(capsys):
    result = run_json(capsys, *UP5K, "--inputs", 192, "--hidden", 64, 64, "--rule", "local")
    assert result["machine"]["rule"] == "local"
    assert (
        result["cycles_per_sample"] < run_json(capsys, *UP5K, "--inputs", 192, "--hidden", 64, 64)["cycles_per_sample"]
    )


def test_the_demo_fits(capsys):
    assert run_json(capsys, *UP5K, "--inputs", 192, "--hidden", 128, 128)["fits"]


def test_proposals(capsys):
    widest, bare = (
        run_json(capsys, *UP5K, "--fit", "lanes", *more) for more in ([], ["--no-statistics", "--no-receive-buffer"])
    )
    assert widest["fits"]
    assert bare["machine"]["lanes"] > widest["machine"]["lanes"]
    assert bare["machine"]["statistics"] is False
    assert run_json(capsys, *UP5K, "--inputs", 192, "--fit", "network")["fits"]
    assert run_json(capsys, *UP5K, "--target-samples-per-second", 9000)["samples_per_second"] >= 9000


def test_bad_input(capsys):
    assert "board: 'x' is not known" in complaint(capsys, "estimate", "--board", "x")
    assert "lanes: 96 is given" in complaint(capsys, *UP5K, "--lanes", 96, "--fit", "lanes")
    assert "triggered: 2.0 is out of range" in complaint(capsys, *UP5K, "--triggered", 2)
    assert "rule: local is out of range" in complaint(capsys, *UP5K, "--state", 64, "--output", 64, "--rule", "local")
    assert "must be above 0" in complaint(capsys, *UP5K, "--target-samples-per-second", 0)
