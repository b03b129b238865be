using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>How contradictions are judged, who must approve, by when. Immutable; named by its <see cref="Pin"/>.</summary>
/// <remarks>
/// A JSON document: <c>{"policy":"tessrax/policy/v1","id","version","description"?,"metrics"?,"sources"?,"resolution","actions"?,"control"?,"retention"?}</c>;
/// in <c>tessrax/policy/v2</c> also <c>"delay"?,"delegation"?,"tokens"?,"lanes"?,"reopen"?</c>, and in an action <c>"veto"?,"escalate"?</c>;
/// spec/policy.md says what each member means. The digest is that of the canonical bytes, so layout does not matter.
/// </remarks>
public sealed class Policy
{
    /// <summary>The most bytes of a policy's text.</summary>
    public const int MaxBytes = 1024 * 1024;

    internal const string AnyControl = "*";

    private readonly string[] sources;
    private readonly Resolution[] resolutions;

    internal Policy(JsonValue document, PolicyParts parts)
    {
        Document = document;
        Pin = new PolicyPin(parts.Id, parts.Version, HashEngine.Sha256.Hash(document.ToCanonicalBytes()));
        Description = parts.Description;
        Rules = parts.Rules;
        sources = parts.Sources;
        resolutions = parts.Resolutions;
        Actions = parts.Actions;
        Control = parts.Control;
        Retention = parts.Retention;
        Extension = parts.Extension ?? PolicyExtension.None;
        AsksOwnForTokens = Tokens.Keys.Any(Events.IsOwn);
        Form = parts.Extension is null ? PolicyForm.V1 : PolicyForm.V2;
    }

    /// <summary>The policy of a ledger that was given none. See docs/policy.md.</summary>
    public static Policy Default { get; } = Parse(DefaultPolicy.Text);

    /// <summary>The whole document.</summary>
    public JsonValue Document { get; }

    public PolicyPin Pin { get; }

    /// <summary>Its form, and with it that of the decisions made under it.</summary>
    public PolicyForm Form { get; }

    public string Id => Pin.Id;

    public string Version => Pin.Version;

    /// <summary>SHA-256 of the canonical bytes.</summary>
    public Digest Digest => Pin.Digest;

    public string? Description { get; }

    /// <summary>How values are compared, metric by metric.</summary>
    public MetricRules Rules { get; }

    /// <summary>Sources in the order of their precedence; one that ends in <c>*</c> stands for all that begin so.</summary>
    public IReadOnlyList<string> Sources => sources;

    /// <summary>What may be needed to carry a decision out, sorted by name.</summary>
    public IReadOnlyList<PolicyAction> Actions { get; }

    /// <summary>What it takes to record a control event, by its name; <c>*</c> for those that are not named.</summary>
    public IReadOnlyDictionary<string, PolicyAction> Control { get; }

    /// <summary>For how long a compaction keeps claims and what was told and decided of them; null if the policy does not say.</summary>
    public TimeSpan? Retention { get; }

    /// <summary>How long a change that lets more through waits, from its proposal until it may be recorded; null for what a ledger's windows give.</summary>
    public TimeSpan? Delay => Extension.Delay;

    /// <summary>The longest that an approver may let another one speak; null if none may at all.</summary>
    public TimeSpan? LongestDelegation => Extension.LongestDelegation;

    /// <summary>Which entries must carry a token, by event; <c>*</c> for every event that takes approvals and is not named.</summary>
    public IReadOnlyDictionary<string, TokenRule> Tokens => Extension.Tokens;

    /// <summary>Whether some of users' own events must carry a token.</summary>
    internal bool AsksOwnForTokens { get; }

    /// <summary>The lanes in the order of their urgency, the most urgent first.</summary>
    public IReadOnlyList<string> Lanes => Extension.Lanes;

    /// <summary>When a group that was settled is decided again.</summary>
    public Reopening Reopen => Extension.Reopen;

    private PolicyExtension Extension { get; }

    /// <summary>Reads a policy as people write it.</summary>
    /// <remarks>A member <c>$schema</c>, by which editors find the JSON Schema, may stand in the text. It is no part of the document, so the digest
    /// is the same with it and without.</remarks>
    /// <exception cref="TessraxException">TSX1001 to TSX1009: not a policy; TSX1015: it does not make sense.
    /// The message begins with the line and the column.</exception>
    public static Policy Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"the policy has {text.Length} bytes, at most {MaxBytes} are allowed");
        try
        {
            var document = JsonValue.Parse(text);
            return FromJson(PolicyText.WithoutSchema(document));
        }
        catch (TessraxException fault) when (fault.Offset >= 0)
        {
            throw new TessraxException(
                fault.Code,
                $"{TextPosition.Of(text, fault.Offset)}: {fault.Message}",
                fault.Hint,
                fault
            )
            {
                Path = fault.Path,
                Offset = fault.Offset,
            };
        }
    }

    /// <summary>Reads a policy that is a JSON value already.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: not a policy; TSX1015: it does not make sense.</exception>
    public static Policy FromJson(JsonValue document) => new(document, PolicyReader.Read(document));

    /// <summary>How contradictions of a severity are resolved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such severity.</exception>
    public Resolution For(Severity severity) =>
        (uint)severity < (uint)resolutions.Length
            ? resolutions[(int)severity]
            : throw new ArgumentOutOfRangeException(nameof(severity));

    /// <summary>All actions that decisions of a severity may take: the one of those who are asked first, then those of the ones to whom they are passed on; null for none.</summary>
    internal IEnumerable<PolicyAction?> ActionsFor(Severity severity)
    {
        PolicyAction? action = For(severity).Action;
        yield return action;
        while (action?.Escalation is { } next)
        {
            action = ActionNamed(next.To);
            yield return action;
        }
    }

    /// <summary>The action of that name, or null.</summary>
    public PolicyAction? ActionNamed(string name) => Actions.FirstOrDefault(a => a.Name == name);

    /// <summary>The token that an entry with that event must carry, if it is an own event or needs approvals; null if it needs none.</summary>
    public TokenRule? TokenFor(string name) =>
        Tokens.GetValueOrDefault(name) ?? (Events.TakesApprovals(name) ? Tokens.GetValueOrDefault(AnyControl) : null);

    /// <summary>What the policy says that a control event of that name takes; null if it says nothing, and more than half of the approvers must agree.</summary>
    public PolicyAction? ForControl(string name) =>
        Control.GetValueOrDefault(name) ?? Control.GetValueOrDefault(AnyControl);

    /// <summary>The place of a source in the precedence: 0 is first, <see cref="int.MaxValue"/> is not listed.</summary>
    public int Rank(string source)
    {
        for (int i = 0; i < sources.Length; i++)
        {
            bool matches = sources[i].EndsWith('*')
                ? source.AsSpan().StartsWith(sources[i].AsSpan(0, sources[i].Length - 1), StringComparison.Ordinal)
                : source == sources[i];
            if (matches)
                return i;
        }
        return int.MaxValue;
    }

    /// <summary>The pin, for people.</summary>
    public override string ToString() => Pin.ToString();
}
