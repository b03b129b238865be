using System.Text;
using Tessrax.Cli;
using Tessrax.Cli.Terminal;

namespace Tessrax.EndToEnd.Tests.Terminal;

/// <summary>What is taller than the terminal goes through the user's pager; one that fails takes nothing with it.</summary>
public sealed class PagerTests : IDisposable
{
    private readonly List<PagerStart> started = [];
    private readonly MemoryStream screen = new();
    private readonly MemoryStream paged = new();

    public void Dispose()
    {
        screen.Dispose();
        paged.Dispose();
    }

    [Fact]
    public void A_page_that_fits_needs_no_pager()
    {
        Print(lines: 9, height: 10);
        Assert.Empty(started);
        Assert.Equal(9, Lines(screen));
    }

    [Fact]
    public void A_taller_one_goes_through_it_whole()
    {
        Print(lines: 1000, height: 10);
        Assert.Equal("less", Assert.Single(started).Command);
        Assert.Equal(("FRX", "1"), (started[0].Variables["LESS"], started[0].Variables["LESSSECURE"]));
        Assert.Equal((0, 1000), (Lines(screen), Lines(paged)));
    }

    [Theory]
    [InlineData("TESSRAX_PAGER", "more -d", "more -d")]
    [InlineData("PAGER", "most", "most")]
    public void It_is_the_users_own(string variable, string value, string command)
    {
        Print(lines: 50, height: 10, (variable, value), ("LESS", "-R"));
        Assert.Equal(command, Assert.Single(started).Command);
        Assert.False(started[0].Variables.ContainsKey("LESS"));
    }

    [Theory]
    [InlineData("TERM", "dumb")]
    [InlineData("PAGER", "cat")]
    [InlineData("PAGER", "")]
    public void There_is_none_where_none_is_wanted(string variable, string value)
    {
        Print(lines: 50, height: 10, (variable, value));
        Assert.Empty(started);
        Assert.Equal(50, Lines(screen));
    }

    [Fact]
    public void One_that_cannot_be_started_is_done_without()
    {
        Print(lines: 50, height: 10, start: _ => null);
        Assert.Equal(50, Lines(screen));
    }

    [Fact]
    public void One_that_dies_is_done_without()
    {
        Print(lines: 5000, height: 10, start: _ => new RunningPager(new Gone(300), () => 127));
        Assert.Equal(5000, Lines(screen));
    }

    [Fact]
    public void What_one_has_shown_before_it_dies_is_not_shown_again()
    {
        const int Count = 200_000;
        var pager = new Gone(2_000_000);
        Print(lines: Count, height: 10, start: _ => new RunningPager(pager, () => 127));
        string[] taken = Encoding.UTF8.GetString(pager.ToArray()).Split('\n');
        string[] left = Encoding.UTF8.GetString(screen.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(taken.Length, 100_000, Count - 1);
        Assert.InRange(left.Length, 1, Count - taken.Length + 1);
        Assert.Equal($"line {Count - 1}", left[^1]);
    }

    [Fact]
    public void Whoever_leaves_it_early_has_seen_enough()
    {
        int read = 0;
        Print(
            lines: int.MaxValue,
            height: 10,
            start: _ => new RunningPager(new Gone(300), () => 0),
            onRow: () => read++
        );
        Assert.Equal(0, Lines(screen));
        Assert.InRange(read, 10, 2000);
    }

    [Theory]
    [InlineData("head -n 1 >/dev/null", 0)]
    [InlineData("cat >/dev/null", 0)]
    [InlineData("exit 3", 20_000)]
    [InlineData("no-such-pager 2>/dev/null", 20_000)]
    [InlineData("sleep 0.3; exit 1", 20_000)]
    public void A_real_one_that_leaves_is_told_from_one_that_fails(string command, int shown)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no /bin/sh here");
        Print(lines: 20_000, height: 10, start: start => PagerProcess.Start(start with { Command = command }));
        Assert.Equal(shown, Lines(screen));
    }

    // All of it fits into the pipe, and is lost with whoever was to read it.
    [Fact]
    public void One_that_fails_when_it_has_been_given_all_takes_nothing_with_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no /bin/sh here");
        Print(lines: 84, height: 10, start: start => PagerProcess.Start(start with { Command = "sleep 0.3; exit 1" }));
        Assert.Equal(84, Lines(screen));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 41)]
    public void Reading_that_fails_is_told_when_the_pager_has_ended(int exit, int shown)
    {
        bool isClosed = false;
        bool hasEnded = false;
        var input = new Watched(() => isClosed = true);
        int row = 0;
        void Fail()
        {
            if (row++ == 41)
                throw ErrorCodes.CannotRead.Because("the disk is gone");
        }
        TessraxException failure = Assert.Throws<TessraxException>(() =>
            Print(
                lines: 50,
                height: 10,
                start: _ => new RunningPager(
                    input,
                    () =>
                    {
                        Assert.True(isClosed);
                        hasEnded = true;
                        return exit;
                    }
                ),
                onRow: Fail
            )
        );
        Assert.Equal(ErrorCodes.CannotRead, failure.Code);
        Assert.True(hasEnded);
        Assert.Equal((41, shown), (Lines(input), Lines(screen)));
    }

    [Fact]
    public void No_pager_is_started_if_the_user_says_so_nor_for_json_nor_in_a_pipe()
    {
        foreach (
            string[] args in (string[][])
                [
                    ["--help", "--no-pager"],
                    ["explain", "--json"],
                ]
        )
        {
            CliHost host = Host(5, [], Start);
            Assert.Equal(0, CliApp.Run(args, host));
        }
        Assert.Equal(0, CliApp.Run(["--help"], Host(5, [], Start) with { OutputIsTerminal = false }));
        Assert.Empty(started);
        Assert.Equal(0, CliApp.Run(["--help"], Host(5, [], Start)));
        Assert.Single(started);
    }

    private RunningPager Start(PagerStart start)
    {
        started.Add(start);
        return new RunningPager(paged, static () => 0);
    }

    private void Print(int lines, int height, params (string, string)[] variables) =>
        Print(lines, height, Start, static () => { }, variables);

    private void Print(int lines, int height, Func<PagerStart, RunningPager?> start, Action? onRow = null) =>
        Print(lines, height, start, onRow ?? (static () => { }), []);

    private void Print(
        int lines,
        int height,
        Func<PagerStart, RunningPager?> start,
        Action onRow,
        (string Name, string Value)[] variables
    )
    {
        using var context = new CliContext(Host(height, variables, start));
        context.Print(new Page().Add(new Many(lines, onRow)));
        context.Flush();
    }

    private CliHost Host(int height, (string Name, string Value)[] variables, Func<PagerStart, RunningPager?> start) =>
        new InProcess { IsTerminal = true }.Host() with
        {
            Output = screen,
            Height = height,
            StartPager = start,
            Variable = name => variables.FirstOrDefault(v => v.Name == name).Value,
        };

    private static int Lines(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray()).Count(c => c == '\n');

    private sealed class Many(int count, Action onRow) : IBlock
    {
        public IEnumerable<TextLine> Lay(int width, bool isTerminal)
        {
            for (int i = 0; i < count; i++)
            {
                onRow();
                yield return new TextLine([$"line {i}"]);
            }
        }
    }

    private sealed class Watched(Action onClose) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            onClose();
            base.Dispose(disposing);
        }
    }

    // A pipe whose reader goes after so many bytes.
    private sealed class Gone(int after) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length > after)
                throw new IOException("Broken pipe") { HResult = 32 };
            base.Write(buffer);
        }
    }
}
