using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli;
using Tessrax.Cli.Terminal;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Passphrases, progress and the ledger's variable: what a pipe cannot play.</summary>
public sealed class CliContextTests
{
    [Fact]
    public void Asks_for_a_passphrase_without_echo()
    {
        var process = new InProcess { IsTerminal = true, Keys = "secrat\bt\b\bet\r" };
        using var context = new CliContext(process.Host());
        Assert.Equal("secret"u8.ToArray(), context.Passphrase("the key 'alice'", null));
        context.Flush();
        string shown = Encoding.UTF8.GetString(process.Error.ToArray());
        Assert.Equal("Passphrase for the key 'alice': \n", shown);
        Assert.Equal(0, process.Output.Length);
    }

    [Fact]
    public void Asks_twice_for_a_new_passphrase_and_refuses_two_that_differ()
    {
        using var same = new CliContext(new InProcess { IsTerminal = true, Keys = "one\rone\r" }.Host());
        Assert.Equal("one"u8.ToArray(), same.Passphrase("the key", null, isNew: true));
        using var other = new CliContext(new InProcess { IsTerminal = true, Keys = "one\rtwo\r" }.Host());
        Assert.Equal(ErrorCodes.NoPassphrase, Refused(() => other.Passphrase("the key", null, isNew: true)));
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret\n\n", "secret\n")]
    [InlineData(" secret ", " secret ")]
    public void Strips_one_newline_from_a_passphrase_file(string content, string passphrase)
    {
        using var context = new CliContext(new InProcess { Input = content }.Host());
        Assert.Equal(Encoding.UTF8.GetBytes(passphrase), context.Passphrase("the key", "-"));
    }

    [Fact]
    public void Takes_the_file_before_the_variable_and_refuses_when_there_is_none()
    {
        var process = new InProcess { Input = "from file", Variables = { ["TESSRAX_PASSPHRASE"] = "from variable" } };
        using var context = new CliContext(process.Host());
        Assert.Equal("from variable"u8.ToArray(), context.Passphrase("the key", null));
        Assert.Equal("from file"u8.ToArray(), context.Passphrase("the key", "-"));
        using var bare = new CliContext(new InProcess().Host());
        Assert.Equal(ErrorCodes.NoPassphrase, Refused(() => bare.Passphrase("the key", null)));
        Assert.Equal(ErrorCodes.NoPassphrase, Refused(() => bare.Passphrase("the key", "-")));
    }

    [Fact]
    public void Shows_progress_only_after_a_second_and_only_on_a_terminal()
    {
        var clock = new StoppedClock();
        var process = new InProcess { IsTerminal = true, Time = clock };
        using var context = new CliContext(process.Host());
        using (ProgressBar bar = context.Progress("verifying", 10))
        {
            bar.Report(1);
            Assert.Equal(0, process.Error.Length);
            clock.Advance(TimeSpan.FromSeconds(1.5));
            bar.Report(5);
            Assert.Contains("verifying [###############...............] 50%", Shown(process), StringComparison.Ordinal);
        }
        Assert.EndsWith(
            "\r\\u001b[K",
            Shown(process).Replace("\u001b", "\\u001b", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

        var piped = new InProcess { Time = clock };
        using var silent = new CliContext(piped.Host());
        using (ProgressBar bar = silent.Progress("verifying", 10))
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            bar.Report(9);
        }
        Assert.Equal(0, piped.Error.Length);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(45)]
    [InlineData(80)]
    public void Progress_takes_one_line_however_narrow_the_terminal(int width)
    {
        var clock = new StoppedClock();
        var process = new InProcess
        {
            IsTerminal = true,
            Time = clock,
            Width = width,
        };
        using var context = new CliContext(process.Host());
        using (ProgressBar bar = context.Progress("examining entries", 10))
        {
            clock.Advance(TimeSpan.FromSeconds(1.5));
            bar.Report(5);
            clock.Advance(TimeSpan.FromSeconds(1.5));
            bar.ReportShare(0.25);
        }
        string[] drawn = Shown(process).Split("\r\u001b[K");
        Assert.Equal(4, drawn.Length);
        Assert.All(drawn, line => Assert.InRange(line.Length, 0, width - 1));
        Assert.StartsWith(
            width < 60 ? "50% examining ent" : "examining entries [###",
            drawn[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Progress_towards_nobody_knows_what_is_a_number()
    {
        var clock = new StoppedClock();
        var process = new InProcess { IsTerminal = true, Time = clock };
        using var context = new CliContext(process.Host());
        using (ProgressBar bar = context.Progress("examining entries", 0))
        {
            clock.Advance(TimeSpan.FromSeconds(1.5));
            bar.Report(12_345);
        }
        Assert.Equal("\r\u001b[Kexamining entries: 12,345\r\u001b[K", Shown(process));
    }

    [Fact]
    public void A_terminal_that_cannot_clear_a_line_shows_no_progress()
    {
        var clock = new StoppedClock();
        var process = new InProcess
        {
            IsTerminal = true,
            Time = clock,
            Variables = { ["TERM"] = "dumb" },
        };
        using var context = new CliContext(process.Host());
        using (ProgressBar bar = context.Progress("verifying", 10))
        {
            clock.Advance(TimeSpan.FromSeconds(1.5));
            bar.Report(5);
        }
        Assert.Equal("", Shown(process));
    }

    [Fact]
    public void The_end_of_input_ends_the_prompt_for_a_passphrase()
    {
        var process = new InProcess { IsTerminal = true, Keys = "sec\u0004ret\r" };
        CtlResult result = process.Run("keys", "new", "alice", "-o", "/nonexistent/alice.key");
        Assert.Equal(ErrorCodes.NoPassphrase.Class, (ErrorClass)result.ExitCode);
        Assert.Contains("the input ended", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_on_a_terminal_is_the_same_value_and_steers_nothing()
    {
        const string Text = "\u009b31m\u007f\u202e\u2066漢\U000E0041";
        JsonValue value = JsonValue.Object(("text", Text));
        byte[] Written(bool isTerminal, Action<CliContext> write)
        {
            var process = new InProcess { IsTerminal = isTerminal };
            using var context = new CliContext(process.Host()) { Json = true };
            write(context);
            context.Flush();
            return [.. process.Output.ToArray(), .. process.Error.ToArray()];
        }
        Assert.Equal([.. value.ToCanonicalBytes(), (byte)'\n'], Written(false, context => context.WriteJson(value)));
        byte[] seen = Written(true, context => context.WriteJson(value));
        Assert.Equal(value, JsonValue.Parse(seen));
        foreach (
            byte[] bytes in (byte[][])
                [seen, Written(true, context => context.Report(ErrorCodes.BadUsage.Because($"not {Text}")))]
        )
            Assert.DoesNotContain(
                Encoding.UTF8.GetString(bytes).TrimEnd('\n'),
                c => c is < ' ' or (>= '\u007f' and < '\u00a0') or '\u202e' or '\u2066'
            );
    }

    [Fact]
    public void Keeps_a_table_in_columns_and_what_it_holds_harmless()
    {
        var process = new InProcess();
        using var context = new CliContext(process.Host());
        context.Table(
            ["A", "B"],
            [
                ["long value", "x"],
                ["s", "a\nb\u001b[31m"],
            ]
        );
        context.Flush();
        Assert.Equal(
            "A           B\nlong value  x\ns           a\\u{000A}b\\u{001B}[31m\n",
            Encoding.UTF8.GetString(process.Output.ToArray())
        );
    }

    [Fact]
    public void Under_json_only_json_is_written()
    {
        var process = new InProcess();
        using var context = new CliContext(process.Host()) { Json = true };
        context.Line("for people");
        context.Table(
            ["A"],
            [
                ["b"],
            ]
        );
        context.Notice("for people");
        context.WriteJson(JsonValue.Object(("holds", true)));
        context.Flush();
        Assert.Equal("{\"holds\":true}\n", Encoding.UTF8.GetString(process.Output.ToArray()));
        Assert.Equal(0, process.Error.Length);
    }

    [Fact]
    public void An_unforeseen_exception_is_a_bug_of_ours()
    {
        // The prompt's keys run out, which no terminal does.
        var process = new InProcess { IsTerminal = true, Keys = "" };
        CtlResult result = process.Run("keys", "new", "alice", "-o", "/nonexistent/alice.key");
        Assert.Equal(70, result.ExitCode);
        Assert.Contains("TSX7000", result.Error, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", result.Error, StringComparison.Ordinal);
    }

    private static string Shown(InProcess process) => Encoding.UTF8.GetString(process.Error.ToArray());

    private static ErrorCode Refused(Action action) => Assert.Throws<TessraxException>(action).Code;

    private sealed class StoppedClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => now += by.Ticks;

        public override long GetTimestamp() => now;
    }
}
