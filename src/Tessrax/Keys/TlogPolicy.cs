using System.Diagnostics.CodeAnalysis;
using Tessrax.Canonical;

namespace Tessrax.Keys;

/// <summary>A witness whose cosignature holds.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Key">Its key.</param>
/// <param name="Time">When it cosigned, by its own clock, to the second.</param>
public sealed record Witnessed(string Name, VerifierKey Key, UtcTime Time);

/// <summary>What a policy says of one checkpoint.</summary>
/// <param name="Checkpoint">What was signed, or null if a log that the policy names did not sign it.</param>
/// <param name="Log">The log's key, or null.</param>
/// <param name="Witnesses">The witnesses that cosigned, in the order of the policy.</param>
/// <param name="QuorumMet">Whether they are enough; true if the policy asks for none.</param>
/// <param name="LogOnly">Whether the policy asks for no witness: then a log that shows two histories is not noticed.</param>
/// <param name="Reason">Why it does not hold; empty if it does.</param>
public sealed record PolicyVerdict(
    Checkpoint? Checkpoint,
    VerifierKey? Log,
    IReadOnlyList<Witnessed> Witnesses,
    bool QuorumMet,
    bool LogOnly,
    string Reason
)
{
    /// <summary>Whether the checkpoint may be relied on: signed by its log, and by a quorum.</summary>
    [MemberNotNullWhen(true, nameof(Checkpoint), nameof(Log))]
    public bool Holds => Checkpoint is not null && Log is not null && QuorumMet;
}

/// <summary>Which logs and witnesses make a checkpoint believable (C2SP tlog-policy).</summary>
/// <remarks>Lines of words parted by spaces and tabs; <c>#</c> begins a comment line. Names refer to lines above them.
/// At most 256 logs, 256 witnesses and 256 groups.</remarks>
/// <example><code>
/// log example.com/ledger+ebfcaf02+AQIUq3E...
/// witness W1 w1.example+3f1b0c21+BJ0c... https://w1.example/
/// witness W2 w2.example+0a3cf00e+BPq1...
/// group both all W1 W2
/// quorum both
/// </code></example>
public sealed class TlogPolicy
{
    private readonly Dictionary<string, VerifierKey> witnesses;
    private readonly List<WitnessGroup> groups;
    private readonly string quorum;
    private readonly List<VerifierKey> known;

    internal TlogPolicy(
        string text,
        IReadOnlyList<VerifierKey> logs,
        Dictionary<string, VerifierKey> witnesses,
        IReadOnlyDictionary<string, string> witnessUrls,
        List<WitnessGroup> groups,
        string quorum
    )
    {
        Text = text;
        WitnessUrls = witnessUrls;
        Logs = logs;
        this.witnesses = witnesses;
        this.groups = groups;
        this.quorum = quorum;
        known = [.. logs, .. witnesses.Values];
    }

    /// <summary>The policy as it was read.</summary>
    public string Text { get; }

    /// <summary>The logs; a checkpoint of any of them may hold.</summary>
    public IReadOnlyList<VerifierKey> Logs { get; }

    /// <summary>The witnesses by their names in the policy.</summary>
    public IReadOnlyDictionary<string, VerifierKey> Witnesses => witnesses;

    /// <summary>Where witnesses are asked, by their names in the policy, as it says; those without an address are left out.</summary>
    public IReadOnlyDictionary<string, string> WitnessUrls { get; }

    /// <summary>Whether the policy reads <c>quorum none</c>.</summary>
    public bool LogOnly => quorum == TlogPolicyParser.None;

    /// <summary>Reads a policy.</summary>
    /// <exception cref="TessraxException">TSX2008, with the line: not a policy.</exception>
    public static TlogPolicy Parse(string text) => TlogPolicyParser.Parse(text);

    /// <summary>The policy that asks for the signature of one log, and for no witness.</summary>
    /// <exception cref="TessraxException">TSX2008: not the key of a log.</exception>
    public static TlogPolicy LogAlone(VerifierKey log) => Parse($"log {log}\nquorum none\n");

    /// <summary>Whether two policies have the same lines, whatever their comments say.</summary>
    public bool SaysSameAs(TlogPolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Lines(Text).SequenceEqual(Lines(other.Text), StringComparer.Ordinal);

        static IEnumerable<string> Lines(string text) =>
            text.Split('\n').Select(line => line.Trim(' ', '\t')).Where(line => line.Length > 0 && line[0] != '#');
    }

    /// <summary>Judges a signed checkpoint from a stranger; never throws for what it holds.</summary>
    public PolicyVerdict Evaluate(ReadOnlySpan<byte> note) =>
        SignedNote.TryParse(note, out SignedNote? signed, out string reason) ? Evaluate(signed) : Refuse(reason);

    /// <summary>Judges a checkpoint of a log whose keys are known. A key that the policy names stands for all of the log's that come before and after it.</summary>
    /// <param name="note">The signed checkpoint; never throws for what it holds.</param>
    /// <param name="log">The keys, as the ledger's control events show them; null if they are not known.</param>
    /// <param name="needsConsent">Whether a key stands only for those that it gave its place to, and that gave theirs to it: where no ledger id says whose control events these must be.</param>
    public PolicyVerdict Evaluate(ReadOnlySpan<byte> note, LogKeyChain? log, bool needsConsent)
    {
        if (log is not { Spans.Count: > 1 } || !Logs.Any(log.Knows))
            return Evaluate(note);
        if (!log.TryOpen(note, out Checkpoint? checkpoint, out string reason))
            return Refuse(reason);
        VerifierKey due = log.KeyFor(checkpoint.Head.Size);
        return Logs.Any(named => log.Knows(named) && (!needsConsent || log.IsConsented(named, due)))
            ? Evaluate(SignedNote.Parse(note), due)
            : Refuse($"{due} has signed, which no key that the policy names gave its place to");
    }

    /// <summary>The policy with another key in the place of one of its logs, which stays in a comment.</summary>
    /// <exception cref="TessraxException">TSX2008: not the key of a log.</exception>
    public TlogPolicy WithLog(VerifierKey named, VerifierKey now)
    {
        ArgumentNullException.ThrowIfNull(named);
        ArgumentNullException.ThrowIfNull(now);
        string text = Text.Replace(named.ToString(), now.ToString(), StringComparison.Ordinal);
        return Parse($"# before: {named}\n{text}");
    }

    /// <summary>Judges a signed checkpoint from a stranger.</summary>
    /// <remarks>A checkpoint whose line of any log or witness of the policy does not hold is refused as a whole (C2SP signed-note, "Signatures").</remarks>
    public PolicyVerdict Evaluate(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return Evaluate(note, null);
    }

    private PolicyVerdict Evaluate(SignedNote note, VerifierKey? instead)
    {
        if (!Checkpoint.TryParseBody(note.Text, out Checkpoint? checkpoint))
            return Refuse("the note is not a checkpoint");
        IReadOnlyList<VerifierKey> counted = instead is null || known.Contains(instead) ? known : [.. known, instead];
        if (!note.Verify(counted, out IReadOnlyList<VerifiedSignature> verified, out string reason))
            return Refuse(reason);
        // "This name MUST correspond to the log's origin line": another log of the policy cannot speak for this one.
        VerifierKey? log = verified
            .Select(v => v.Key)
            .FirstOrDefault(key => key.Name == checkpoint.Origin && (key == instead || Logs.Contains(key)));
        if (log is null)
            return Refuse($"no key of the log '{checkpoint.Origin}' that the policy names has signed");

        var cosigned = new List<Witnessed>();
        foreach ((string name, VerifierKey key) in witnesses)
        {
            if (verified.FirstOrDefault(v => v.Key == key) is { Time: { } time })
                cosigned.Add(new Witnessed(name, key, time));
        }
        bool met = IsQuorum(cosigned.Select(w => w.Name));
        string lack = met ? "" : $"{cosigned.Count} of {witnesses.Count} witnesses cosigned, which is no quorum";
        return new PolicyVerdict(checkpoint, log, cosigned, met, LogOnly, lack);
    }

    /// <summary>Whether these witnesses are enough; always true if the policy asks for none.</summary>
    /// <param name="names">Their names in the policy.</param>
    public bool IsQuorum(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return LogOnly || IsMet([.. names.Where(witnesses.ContainsKey)]);
    }

    // Groups refer to names above them only, so one pass in their order settles all of them.
    private bool IsMet(HashSet<string> met)
    {
        foreach (WitnessGroup group in groups)
        {
            if (group.Members.Count(met.Contains) >= group.Threshold)
                met.Add(group.Name);
        }
        return met.Contains(quorum);
    }

    private PolicyVerdict Refuse(string reason) => new(null, null, [], false, LogOnly, reason);

    internal sealed record WitnessGroup(string Name, int Threshold, IReadOnlyList<string> Members);
}
