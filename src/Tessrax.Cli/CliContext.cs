using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Canonical;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node;

namespace Tessrax.Cli;

/// <summary>What a verb works with: input, output in both of its forms, passphrases, time and randomness.</summary>
/// <remarks><see cref="Line(string)"/>, <see cref="Table"/> and <see cref="Print"/> speak to people and are silent under <c>--json</c>;
/// <see cref="WriteJson(Func{JsonValue})"/> speaks to programs and is silent without it. So a verb may call both, one after the other.</remarks>
internal sealed class CliContext : IDisposable
{
    /// <summary>Nothing is wrapped in a pipe: more columns than any text has.</summary>
    public const int UnlimitedWidth = int.MaxValue / 2;

    /// <summary>The exit code of a check that refuted.</summary>
    public const int Refuted = 1;

    /// <summary>Whether an error says wherever it ends a verb that something was checked and does not hold: what a server gave always is.</summary>
    public static bool IsRefutation(ErrorCode code) => code == ErrorCodes.AnswerBroken || code == ErrorCodes.LogForked;

    /// <summary>The largest input that is read whole, unless a verb says otherwise: 64 MiB.</summary>
    public const int InputLimit = 64 << 20;

    private readonly CliHost host;
    private readonly TextOutput output;
    private readonly TextOutput notices;
    private readonly InputFiles inputs;
    private CancellationTokenSource? cancellation;
    private readonly List<PosixSignalRegistration> signals = [];

    public CliContext(CliHost host)
    {
        this.host = host;
        // https://no-color.org: any value but the empty one.
        bool color = string.IsNullOrEmpty(host.Variable("NO_COLOR")) && host.Variable("TERM") != "dumb";
        output = new TextOutput(host.Output, host.OutputIsTerminal && color, host.OutputIsTerminal, host.Width);
        notices = new TextOutput(
            host.Error,
            host.ErrorIsTerminal && color,
            host.ErrorIsTerminal,
            host.Width,
            "standard error"
        );
        inputs = new InputFiles(host.Input);
    }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public bool Json { get; set; }

    /// <summary>The ledger that the command line is about, as it was typed; null if it is about none.</summary>
    public string? Ledger { get; set; }

    /// <summary>The shard that is worked on, where a verb is run for a set of them: each JSON document names it, and each error. Null otherwise.</summary>
    public Shard? Shard => ShardRun?.Shard;

    /// <summary>The turn of that shard.</summary>
    public ShardRun? ShardRun { get; private set; }

    /// <summary>Whether <c>--no-pager</c> was given.</summary>
    public bool NoPager { get; set; }

    /// <summary>Whether people look at standard output.</summary>
    public bool IsTerminal => output.IsTerminal;

    /// <summary>The columns of standard output; <see cref="UnlimitedWidth"/> in a pipe.</summary>
    public int Width => output.Width;

    /// <summary>Told what happens; says nothing unless <c>--log</c> asks for it.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Standard error itself, for messages of the log.</summary>
    public Stream ErrorStream => host.Error;

    /// <summary>Standard output itself, for a protocol that is spoken over it. Nothing else is written there then.</summary>
    public Stream OutputStream => host.Output;

    public TimeProvider Time => host.Time;

    public RandomSource Random => host.Random;

    /// <summary>Whether standard output may be coloured.</summary>
    public bool Color => output.Color;

    /// <summary>Standard error, for people.</summary>
    public TextOutput Notices => notices;

    /// <summary>Ends on Ctrl-C. A verb that never asks for it is ended by the signal itself.</summary>
    public CancellationToken Cancellation => (cancellation ??= ListenForSignals()).Token;

    /// <summary>An environment variable, or null if it is unset or empty.</summary>
    public string? Variable(string name) => host.Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The names of all environment variables.</summary>
    public IEnumerable<string> VariableNames => host.VariableNames();

    /// <summary>The user's pager; null if there is to be none.</summary>
    public PagerStart? Pager => Terminal.Pager.Find(host.Variable);

    /// <summary>Does something while it is a shard's turn.</summary>
    public T InTurn<T>(ShardRun run, Func<T> act)
    {
        ShardRun = run;
        try
        {
            return act();
        }
        finally
        {
            ShardRun = null;
        }
    }

    /// <summary>Fresh random bytes.</summary>
    public byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        host.Random(bytes);
        return bytes;
    }

    /// <summary>One line for people. Control characters are shown escaped: what is printed may come from strangers.</summary>
    public void Line(string text = "") => Line(Tone.Plain, text);

    /// <inheritdoc cref="Line(string)"/>
    public void Line(Tone tone, string text)
    {
        if (!Json)
            output.Line(tone, text);
    }

    /// <summary>Part of a line for people.</summary>
    public void Text(Tone tone, string text)
    {
        if (!Json)
            output.Text(tone, text);
    }

    /// <summary>A table for people: wrapped to the terminal, plain columns in a pipe.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        if (!Json)
            output.Lines(new Page().Grid(columns, rows).Lay(output.Width, output.IsTerminal));
    }

    /// <summary>A page for people, by their pager if it is taller than the terminal.</summary>
    public void Print(Page page)
    {
        if (Json)
            return;
        IEnumerable<TextLine> lines = page.Lay(output.Width, output.IsTerminal);
        if (output.IsTerminal && !NoPager)
            new Terminal.Pager(host, output).Write(lines);
        else
            output.Lines(lines);
    }

    /// <summary>One JSON document on a line of its own, under <c>--json</c>.</summary>
    public void WriteJson(JsonValue value) => WriteJson(() => value);

    /// <inheritdoc cref="WriteJson(JsonValue)"/>
    public void WriteJson(Func<JsonValue> value)
    {
        if (!Json)
            return;
        JsonValue document = value();
        // A verdict says itself which shard its ledger is.
        if (Shard is not null && document.Kind == JsonKind.Object && document["shard"] is null)
            document = document.With("shard", Shard.ToJson());
        output.Data([.. document.ToCanonicalBytes(), (byte)'\n']);
    }

    /// <summary>The bare result, with <c>--json</c> or without.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => output.Data(bytes);

    /// <summary>What we have drawn ourselves, colours and all.</summary>
    public void Drawing(string text) => output.Raw(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A remark on standard error for people, beside the result.</summary>
    public void Notice(string text)
    {
        if (!Json)
            notices.Line(Tone.Plain, text);
    }

    /// <summary>Prints an error as every error is printed, without ending the verb.</summary>
    public void Report(TessraxException error)
    {
        output.Flush();
        ErrorReport.Write(error, Json, notices, Ledger, Shard);
    }

    /// <summary>What a checking verb answers when it refutes.</summary>
    /// <returns>Exit code 1.</returns>
    public int Refute(TessraxException finding)
    {
        Report(finding);
        return Refuted;
    }

    /// <summary>A bar on standard error that shows after a second, on a terminal that can clear a line.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="total">How much of it; 0 if that is not known.</param>
    public ProgressBar Progress(string title, long total) =>
        new(host.ErrorIsTerminal && !Json && host.Variable("TERM") != "dumb" ? notices : null, host.Time, title, total);

    /// <summary>A file, or standard input for <c>-</c> or null.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: cannot be read; TSX1006: more than <paramref name="limit"/> bytes.</exception>
    public byte[] ReadInput(string? path, int limit = InputLimit) => inputs.Read(path, limit);

    /// <summary>The same, read as something; what is wrong with it names the file.</summary>
    public T ReadInput<T>(string? path, Func<byte[], T> parse, int limit = InputLimit)
    {
        byte[] bytes = ReadInput(path, limit);
        try
        {
            return parse(bytes);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{InputFiles.NameOf(path)}: {e.Message}", e.Hint, e) { Path = e.Path };
        }
    }

    /// <summary>The first bytes of a file or of standard input, for verbs that answer "no" to what is too large.</summary>
    public byte[] ReadUpTo(string? path, int count) => inputs.ReadUpTo(path, count);

    /// <summary>A file, or standard input for <c>-</c> or null, to be read piece by piece.</summary>
    public Stream OpenInput(string? path) => inputs.Open(path);

    /// <summary>The passphrase of a key file, from the environment, a file or the terminal.</summary>
    /// <param name="what">What it opens, for the prompt.</param>
    /// <param name="file">The value of <c>--passphrase-file</c>, or null.</param>
    /// <param name="isNew">A new passphrase is asked for twice.</param>
    /// <exception cref="TessraxException">TSX2004: there is none.</exception>
    public byte[] Passphrase(string what, string? file, bool isNew = false) =>
        new Passphrases(host, inputs, notices).Read(what, file, isNew);

    /// <summary>Asks on the terminal whether something shall be done.</summary>
    /// <param name="question">The question, without what may be answered.</param>
    /// <exception cref="TessraxException">TSX1012: there is no terminal to ask on.</exception>
    public bool Confirm(string question)
    {
        if (Json || !host.InputIsTerminal || !host.ErrorIsTerminal)
            throw ErrorCodes.BadUsage.Because("nobody is there to be asked", "if it shall be done, say so with --yes");
        notices.Text(Tone.Strong, $"{question} [y/N] ");
        notices.Flush();
        char typed = host.ReadKey().KeyChar;
        notices.Line(Tone.Plain, typed is 'y' or 'Y' ? "yes" : "no");
        return typed is 'y' or 'Y';
    }

    /// <summary>Writes out what is buffered.</summary>
    public void Flush()
    {
        output.Flush();
        notices.Flush();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
        cancellation?.Dispose();
    }

    private CancellationTokenSource ListenForSignals()
    {
        var source = new CancellationTokenSource();
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
            signals.Add(
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        // The first asks to stop; the second is not held back.
                        context.Cancel = !source.IsCancellationRequested;
                        source.Cancel();
                    }
                )
            );
        return source;
    }
}
