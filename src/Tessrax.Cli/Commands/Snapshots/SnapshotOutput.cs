using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Files;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands.Snapshots;

/// <summary>Where a snapshot or a backup goes: a file that appears whole, or standard output.</summary>
internal sealed class SnapshotOutput
{
    private readonly OutputFile output;

    public SnapshotOutput(string what) => output = new OutputFile($"the {what}; - for standard output", required: true);

    public void AddTo(Command verb) => output.AddTo(verb);

    /// <summary>The name as it was given.</summary>
    public string NameOf(ParseResult parsed) => output.NameOf(parsed)!;

    /// <summary>Writes the file, and says what it is.</summary>
    public SnapshotMade Write(
        CliContext context,
        ParseResult parsed,
        NodeEnvironment environment,
        string ledger,
        LedgerExport export,
        UnixFileMode? mode
    )
    {
        string name = NameOf(parsed);
        using ProgressBar bar = context.Progress("writing entries", SizeOf(ledger, environment));
        if (name == "-")
            return export.Write(context.Raw, bar, context.Cancellation);
        using var file = StreamedFile.Create(environment.Disk, name, output.MayReplace(parsed), mode);
        SnapshotMade made = export.Write(file.Write, bar, context.Cancellation);
        file.Commit();
        return made;
    }

    /// <summary>What was written, for people: on standard error if the file went to standard output.</summary>
    public void Report(CliContext context, ParseResult parsed, SnapshotMade made, string what, params string[] more)
    {
        string name = NameOf(parsed);
        string[] lines =
        [
            $"wrote {(name == "-" ? $"the {what}" : name)}: the state of {Counted.Of(made.Head.Size, "entry")}, {Counted.Of(made.Bytes, "byte")}",
            $"  digest  {made.Digest}",
            $"  root    {made.RootText}",
            .. more,
        ];
        foreach (string line in lines)
        {
            if (name == "-")
                context.Notice(line);
            else
                context.Line(line == lines[0] ? Tone.Good : Tone.Plain, line);
        }
        foreach (string left in made.LeftOut)
            context.Notice($"warning: left out {left}");
        if (made.Lost.Count > 0)
            context.Notice(
                $"warning: lost, and so not in the {what}: {Counted.Of(made.Lost.Count, "payload")}, of {Counted.Entries(made.Lost)}"
            );
    }

    /// <summary>The same for programs; nothing if the file itself went to standard output.</summary>
    public void WriteJson(
        CliContext context,
        ParseResult parsed,
        SnapshotMade made,
        long? recorded = null,
        TessraxException? index = null
    )
    {
        if (NameOf(parsed) == "-")
            return;
        context.WriteJson(() =>
            JsonValue.Object(
                ("file", NameOf(parsed)),
                ("ledger", made.Facts.Id.ToString()),
                ("size", made.Head.Size),
                ("root", made.RootText),
                ("digest", made.Digest.ToString()),
                ("bytes", made.Bytes),
                ("recorded", recorded is { } entry ? (JsonValue)entry : null),
                ("left_out", JsonValue.Of(made.LeftOut.Select(JsonValue.String))),
                ("lost", JsonValue.Of(made.Lost.Select(lost => (JsonValue)lost))),
                (
                    "index_fault",
                    index is null ? null : JsonValue.Object(("code", index.Code.ToString()), ("message", index.Message))
                )
            )
        );
    }

    /// <summary>Entries of a ledger, for a bar alone: what is published may be a second old.</summary>
    internal static long SizeOf(string ledger, NodeEnvironment environment)
    {
        try
        {
            byte[] note = DurableFile.Read(environment.Disk, Path.Combine(ledger, "checkpoint"), SignedNote.MaxBytes);
            return Checkpoint.ParseBody(SignedNote.Parse(note).Text).Head.Size;
        }
        catch (TessraxException)
        {
            return 0;
        }
    }
}
