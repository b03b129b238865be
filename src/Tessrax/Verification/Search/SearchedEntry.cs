using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Verification.Search;

/// <summary>An entry as queries see it. What it is found by is read when it is first asked for.</summary>
public sealed class SearchedEntry
{
    private IReadOnlyList<FieldValue>? fields;
    private TextWords? words;

    public SearchedEntry(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Receipt = receipt;
    }

    public Receipt Receipt { get; }

    /// <summary>What it can be found by. A payload that is not what its event asks for adds nothing.</summary>
    public IReadOnlyList<FieldValue> Fields => fields ??= EntryFields.Of(Receipt.Entry.Body, ReadPayload());

    /// <summary>The words of its text.</summary>
    public TextWords Words => words ??= Receipt.Words();

    // No entry of a ledger that verifies holds another payload; who searches what nobody has verified should not fail at it.
    private object? ReadPayload()
    {
        string name = Receipt.Entry.Body.Event;
        if (Receipt.Payload is not { } payload || Events.IsOwn(name))
            return null;
        try
        {
            return EventPayloads.Read(name, payload.Root);
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
