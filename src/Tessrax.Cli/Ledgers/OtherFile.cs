using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>A file of ours that is none of those that <c>verify</c> checks: what it is by its own account, and what it is for.</summary>
/// <param name="What">With its article.</param>
/// <param name="Use">What to do with it.</param>
internal sealed record OtherFile(string What, string Use)
{
    private const string Prefix = "tessrax/";

    /// <summary>Recognizes one; null if it is not known, or one that can be verified.</summary>
    public static OtherFile? Of(ReadOnlySpan<byte> bytes)
    {
        if (SignedNote.TryParse(bytes, out SignedNote? note, out _) && Checkpoint.TryParseHead(note!.Text, out _))
            return new OtherFile(
                "a signed checkpoint",
                "tessraxctl plumbing note-verify --key VKEY checks its signature; verify --since takes it with a ledger"
            );
        try
        {
            return Of(JsonValue.Parse(bytes));
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private static OtherFile? Of(JsonValue json)
    {
        if (json.Kind != JsonKind.Object)
            return null;
        if (json["entry"] is not null && json["leaf_hash"] is not null)
            return new OtherFile(
                "a receipt as show --json prints it, without what proves its approvals",
                "tessraxctl prove DIR N -o FILE makes a bundle of it, which can be verified"
            );
        foreach (JsonValue member in json.Items)
        {
            if (member.Kind == JsonKind.String && KindOf(member.AsString()) is { } kind)
                return OfKind(kind);
        }
        return null;
    }

    // In tessrax/KIND/vN, what a document calls itself.
    private static string? KindOf(string form) =>
        form.StartsWith(Prefix, StringComparison.Ordinal) && form.Split('/') is [_, var kind, ['v', ..]] ? kind : null;

    private static OtherFile? OfKind(string kind) =>
        kind switch
        {
            "bundle" or "search" => null,
            "trust" => new OtherFile("a trust root", "give it with --trust, beside what is to be verified"),
            "policy" => new OtherFile(
                "a policy",
                "tessraxctl policy test tries it; verify the ledger whose entries it governs"
            ),
            "keyfile" => new OtherFile("a key file", "it signs and is kept secret; verify what it has signed"),
            "token" => new OtherFile("a token", "tessraxctl token inspect shows what it allows"),
            "fraud" => new OtherFile("a proof of fraud", "tessraxctl fraud check FILE --key VKEY checks it"),
            "equivocation" => new OtherFile(
                "a proof that a log signed two histories",
                "tessraxctl merkle evidence FILE --key VKEY checks it"
            ),
            "fleet-proof" => new OtherFile(
                "a proof out of a fleet",
                "tessraxctl fleet verify FILE --trust FLEET-TRUST checks it"
            ),
            "approval-request" => new OtherFile(
                "a request for approvals",
                "tessraxctl approve FILE --key KEY signs it"
            ),
            "approvals" => new OtherFile("a file of approvals", "tessraxctl approve DIR --import FILE brings them in"),
            _ => new OtherFile(
                $"a document of the kind {kind}",
                "name a ledger, a snapshot, a bundle or a proof of a search"
            ),
        };
}
