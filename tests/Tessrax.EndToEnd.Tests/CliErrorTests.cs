using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Errors and exit codes, as scripts meet them.</summary>
public sealed class CliErrorTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Theory]
    [InlineData("plumbin", "did you mean plumbing?")]
    [InlineData("plumbing hsah", "did you mean hash?")]
    [InlineData("plumbing hash --agl sha256", "did you mean --alg?")]
    [InlineData("plumbing hash --alg sha256 --quiet", "option '--quiet'")]
    [InlineData("plumbing hash", "--alg")]
    [InlineData("plumbing", "canonicalize")]
    [InlineData("explain TSX1001 TSX1002", "TSX1002")]
    [InlineData("explain TSX9999", "TSX9999")]
    [InlineData("completion tcsh", "fish")]
    [InlineData("plumbing hash --alg blake2", "blake2")]
    public void Wrong_usage_is_exit_2_and_names_what_is_wrong(string line, string said)
    {
        CtlResult result = ctl.Run(line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        Assert.StartsWith("error TSX1012: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DIR", "log")]
    [InlineData("PATH", "verify")]
    [InlineData("--trust", "verify", "ledger", "--trust")]
    [InlineData("--resume", "verify", "ledger", "--resume")]
    [InlineData("--output", "backup", "ledger", "-o")]
    [InlineData("FILE", "ingest", "ledger")]
    [InlineData("--payload", "append", "ledger", "--event", "x-a", "--payload")]
    public void A_variable_that_is_not_set_names_no_file(string what, params string[] line)
    {
        CtlResult result = ctl.Run([.. line, ""]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error TSX1012: {what} is empty", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_exit_3_and_an_unreadable_one_exit_5()
    {
        Assert.Equal(3, ctl.Run("plumbing", "canonicalize", "nowhere.json").ExitCode);
        CtlResult directory = ctl.Run("plumbing", "canonicalize", ctl.Folder);
        Assert.Equal(5, directory.ExitCode);
        Assert.StartsWith("error TSX3007: ", directory.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_beyond_the_limit_is_refused_before_it_is_all_read()
    {
        var process = new InProcess { Input = new string(' ', 3000) };
        using var context = new Cli.CliContext(process.Host());
        TessraxException refused = Assert.Throws<TessraxException>(() => context.ReadInput("-", 2999));
        Assert.Equal(ErrorCodes.TooLarge, refused.Code);
    }

    [Fact]
    public void Under_json_an_error_is_one_document_on_standard_error()
    {
        CtlResult result = ctl.RunWith("{", "plumbing", "canonicalize", "--json");
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        JsonValue error = JsonValue.Parse(Encoding.UTF8.GetBytes(result.Error))["error"]!;
        Assert.Equal("TSX1001", error["code"]!.AsString());
        Assert.Equal(ErrorCodes.NotJson.Hint, error["hint"]!.AsString());
        Assert.NotEmpty(error["message"]!.AsString());
    }

    [Fact]
    public void What_is_printed_cannot_steer_a_terminal()
    {
        CtlResult result = ctl.Run("explain", "\u001b[2J\u202e");
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.Contains("'\\u{001B}[2J\\u{202E}'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_under_standard_output_is_exit_5()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        using Process shell = Shell("\"$@\" explain >/dev/full");
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(5, shell.ExitCode);
        Assert.StartsWith("error TSX3005: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version >/dev/full", 5, "error TSX3005: no space left to write standard output")]
    [InlineData("--version >&-", 5, "error TSX3008: standard output is closed")]
    [InlineData("explain TSX1001 >&-", 5, "error TSX3008: standard output is closed")]
    [InlineData("nosuchverb 2>/dev/full", 2, "")]
    [InlineData("nosuchverb 2>&-", 2, "")]
    [InlineData("plumbing number 0 <&-", 0, "")]
    [InlineData("--version --no-pager >/dev/null", 0, "")]
    public void A_stream_that_takes_nothing_ends_it_in_order(string line, int exit, string says)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        using Process shell = Shell($"\"$@\" {line}");
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(exit, shell.ExitCode);
        Assert.StartsWith(says, error, StringComparison.Ordinal);
    }

    // What is written to a stream that was closed must not land in a file that is opened in its place.
    [Fact]
    public void A_closed_stream_is_not_taken_by_a_file()
    {
        string file = ctl.PathOf("log");
        using Process shell = Shell($"\"$@\" explain TSX1001 --log debug --log-file {file} >&- 2>&-");
        shell.WaitForExit();
        Assert.Equal(5, shell.ExitCode);
        Assert.All(File.ReadAllLines(file), line => Assert.Matches(" [89][0-9]{3} ", line));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("explain TSX1001 --no-pager")]
    public void A_terminal_is_left_as_it_was(string line)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "no script here");
        (string program, string[] first) = Ctl.Program();
        ctl.Variables["NO_COLOR"] = "1";
        ctl.Variables["TERM"] = "xterm";
        CtlResult result = ctl.Shell(
            "-c",
            $"script -qec '{string.Join(' ', first.Prepend(program))} {line}' /dev/null </dev/null"
        );
        Assert.DoesNotContain('\u001b', result.Text);
        Assert.NotEmpty(result.Lines);
    }

    [Fact]
    public void A_reader_that_leaves_ends_it_quietly()
    {
        string numbers = ctl.Write("numbers.json", "[" + string.Join(',', Enumerable.Range(0, 200_000)) + "]");
        using Process shell = Shell(
            $"{{ \"$@\" plumbing canonicalize {numbers}; echo $? >&2; }} | head -c 1 >/dev/null"
        );
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal("141\n", error);
    }

    [Fact]
    public void An_interrupt_ends_it_with_130()
    {
        using var own = new Ctl { Prefix = Ctl.Interruptible };
        using Process waiting = own.Start("plumbing", "canonicalize");
        // Its first byte read, it waits for more.
        waiting.StandardInput.Write('[');
        waiting.StandardInput.Flush();
        Thread.Sleep(500);
        using Process kill = Process.Start("kill", ["-INT", $"{waiting.Id}"]);
        Assert.True(waiting.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(130, waiting.ExitCode);
    }

    [Fact]
    public void Appends_to_a_file_that_the_shell_opened()
    {
        string file = ctl.PathOf("both");
        using Process shell = Shell($"{{ echo first; \"$@\" --version; \"$@\" plumbing number 0; }} >{file}");
        shell.WaitForExit();
        Assert.StartsWith("first\ntessraxctl ", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.EndsWith("\n0\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_within_five_times_what_git_needs()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("TESSRAXCTL") is { Length: > 0 },
            "only the native binary"
        );
        string ours = Ctl.Program().Program;
        // The best of many: what is measured is the program, not the machine's other work.
        double tessraxctl = Enumerable.Range(0, 20).Min(_ => Milliseconds(ours));
        double git = Enumerable.Range(0, 20).Min(_ => Milliseconds("git"));
        Assert.True(tessraxctl <= 5 * git, $"tessraxctl --version {tessraxctl} ms, git --version {git} ms");
    }

    private static double Milliseconds(string program)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(
            new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true }
        )!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // "$@" in the script is tessraxctl.
    private Process Shell(string script)
    {
        (string program, string[] first) = Ctl.Program();
        var info = new ProcessStartInfo("bash", ["-c", script, "bash", program, .. first])
        {
            WorkingDirectory = ctl.Folder,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = ctl.Folder;
        return Process.Start(info)!;
    }
}
