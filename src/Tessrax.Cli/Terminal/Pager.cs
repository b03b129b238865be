using System.Runtime.ExceptionServices;

namespace Tessrax.Cli.Terminal;

/// <summary>How a pager is started: a command for the shell, and what it finds in its environment.</summary>
internal sealed record PagerStart(string Command, IReadOnlyDictionary<string, string> Variables);

/// <summary>A pager at work.</summary>
/// <param name="Input">What it shows.</param>
/// <param name="WaitForExit">Waits until it ends; gives its exit code.</param>
internal sealed record RunningPager(Stream Input, Func<int> WaitForExit);

/// <summary>Shows what is taller than the terminal by the user's pager: <c>$TESSRAX_PAGER</c>, <c>$PAGER</c>, or <c>less</c>.</summary>
/// <remarks>It is started once the first screen is full. One that cannot be started, or dies of itself, is done without; whoever leaves it early has seen enough, and that is no error.</remarks>
internal sealed class Pager(CliHost host, TextOutput output)
{
    // What a pager that dies at once may have taken without showing it: a pipe holds 64 KiB, our own buffer 16, and a line is a byte or more.
    private const int MostReplayed = 96 << 10;

    /// <summary>The user's pager; null if there is to be none.</summary>
    public static PagerStart? Find(Func<string, string?> variable)
    {
        if (variable("TERM") == "dumb")
            return null;
        string command = variable("TESSRAX_PAGER") ?? variable("PAGER") ?? "less";
        if (command.Trim() is "" or "cat")
            return null;
        // F: what fits is not paged; R: colours pass; X: the screen is left as it is. No shell, no other files (less, "SECURITY").
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["LESSSECURE"] = "1" };
        if (variable("LESS") is null)
            variables["LESS"] = "FRX";
        return new PagerStart(command, variables);
    }

    /// <summary>Writes lines, by a pager if there are more than the screen has.</summary>
    public void Write(IEnumerable<TextLine> lines)
    {
        using IEnumerator<TextLine> rest = lines.GetEnumerator();
        var first = new List<TextLine>();
        while (first.Count < host.Height && rest.MoveNext())
            first.Add(rest.Current);
        if (
            first.Count < host.Height
            || Find(host.Variable) is not { } start
            || host.StartPager(start) is not { } pager
        )
        {
            Write(first, rest);
            return;
        }
        output.Flush();
        Show(pager, first, rest);
    }

    // What a pager was given and has failed to show is shown without it. Whatever fails while it is fed is told when it has ended: until then the screen is its own.
    private void Show(RunningPager pager, List<TextLine> first, IEnumerator<TextLine> rest)
    {
        List<TextLine>? taken = [.. first];
        ExceptionDispatchInfo? failure = Feed(pager, first, rest, ref taken);
        Close(pager.Input);
        if (pager.WaitForExit() != 0)
            Write(taken ?? [], failure is null ? rest : Enumerable.Empty<TextLine>().GetEnumerator());
        failure?.Throw();
    }

    // What it was given is kept until it is more than a pager takes unseen: whoever has seen that much goes on with what is left. What was read before a failure is shown too.
    private ExceptionDispatchInfo? Feed(
        RunningPager pager,
        List<TextLine> first,
        IEnumerator<TextLine> rest,
        ref List<TextLine>? taken
    )
    {
        ExceptionDispatchInfo? failure = null;
        using IDisposable back = output.To(pager.Input);
        try
        {
            try
            {
                Give(first, rest, ref taken);
            }
            catch (Exception e) when (!BrokenPipe.Is(e))
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            output.Flush();
        }
        catch (IOException e) when (BrokenPipe.Is(e))
        {
            // The pager has gone: its exit code tells why.
        }
        return failure;
    }

    private void Give(List<TextLine> first, IEnumerator<TextLine> rest, ref List<TextLine>? taken)
    {
        foreach (TextLine line in first)
            output.Line(line);
        while (rest.MoveNext())
        {
            if (taken?.Count < MostReplayed)
                taken.Add(rest.Current);
            else
                taken = null;
            output.Line(rest.Current);
        }
    }

    private static void Close(Stream input)
    {
        try
        {
            input.Dispose();
        }
        catch (IOException e) when (BrokenPipe.Is(e))
        {
            // It has gone already.
        }
    }

    private void Write(List<TextLine> first, IEnumerator<TextLine> rest)
    {
        foreach (TextLine line in first)
            output.Line(line);
        while (rest.MoveNext())
            output.Line(rest.Current);
    }
}
