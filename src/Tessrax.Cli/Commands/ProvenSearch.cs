using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Commands;

/// <summary><c>search DIR QUERY --prove -o FILE</c>: one file that shows a stranger what a query finds, and that nothing was left out.</summary>
internal sealed class ProvenSearch
{
    private readonly Option<bool> prove = new("--prove")
    {
        Description = "write a file that proves what is found, and that nothing was left out",
    };
    private readonly Option<bool> noOpen = new("--no-open")
    {
        Description = "with --prove: leave out the entries of the open epoch, which stand in the proof one by one",
    };
    private readonly OutputFile output = new(
        "with --prove: the proof, by custom NAME.search.json; standard output if left out or -"
    );

    /// <summary><c>--prove</c>.</summary>
    public Option<bool> Option => prove;

    public void AddTo(Command verb)
    {
        verb.Add(prove);
        verb.Add(output);
        verb.Add(noOpen);
    }

    /// <summary>Whether a proof is asked for.</summary>
    /// <exception cref="TessraxException">TSX1012: only what goes with one is; TSX3010: there is something of the file's name.</exception>
    public bool IsAsked(ParseResult parsed)
    {
        bool asked = parsed.GetValue(prove);
        if (!asked && (output.NameOf(parsed) is not null || output.MayReplace(parsed) || parsed.GetValue(noOpen)))
            throw ErrorCodes.BadUsage.Because("-o, --force and --no-open go with --prove");
        if (asked)
            output.RequireFree(parsed);
        return asked;
    }

    /// <summary>Makes the proof, checks it as its reader will, and writes it.</summary>
    public int Write(CliContext context, ParseResult parsed, LedgerView view, Query query)
    {
        SearchProof proof;
        var prover = new SearchProver(view) { WithOpen = !parsed.GetValue(noOpen) };
        using (ProgressBar bar = context.Progress("reading entries", view.Size))
            proof = prover.Prove(query, bar.Report, context.Cancellation);
        byte[] bytes = proof.ToBytes();
        Verdict verdict = SearchVerifier.Verify(bytes, null, context.Time);
        if (verdict.Stages.FirstOrDefault(stage => stage.Holds == false) is { Findings: [var finding, ..] })
            throw finding.Code.Because(
                $"the ledger gives no proof that holds: {finding.Message}",
                ShellText.Of($"see what is wrong with it: tessraxctl verify {view.Directory.Path}")
            );
        if (prover.Notice is { } notice)
            context.Notice(notice);
        if (output.PathOf(parsed) is not { } file)
        {
            context.Raw(bytes);
            return 0;
        }
        output.Write(context, parsed, bytes);
        Report(context, file, proof, verdict, bytes.Length);
        return 0;
    }

    private static void Report(CliContext context, string file, SearchProof proof, Verdict verdict, int bytes)
    {
        IReadOnlyList<long> hits = verdict.Hits!;
        context.WriteJson(() =>
            JsonValue.Object(
                ("proof", file),
                ("query", JsonValue.String(proof.Query)),
                ("hits", JsonValue.Of(hits.Select(index => (JsonValue)index))),
                ("entries", proof.All.Count()),
                ("epochs", proof.Epochs.Count(epoch => !epoch.IsErased)),
                ("open", proof.Open is not null),
                ("bytes", bytes),
                ("size", verdict.Size)
            )
        );
        string found = hits.Count == 0 ? "nothing found" : $"{Counted.Of(hits.Count, "hit")} ({IndexRanges.Of(hits)})";
        context.Line(
            Tone.Good,
            $"wrote {file}: {found} among {Counted.Of(proof.All.Count(), "entry")} that it shows, {Counted.Of(bytes, "byte")}"
        );
        foreach (
            string left in verdict.Excludes.Where(e => e.StartsWith("what the query finds", StringComparison.Ordinal))
        )
            context.Line(Tone.Warn, $"not proven: {left}");
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {file} --trust TRUST"));
    }
}
