using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Wording;
using Tessrax.Verification.Search;

namespace Tessrax.Interactive;

/// <summary>An entry of a ledger as it is looked at: its <c>ToString</c> is a line that is safe to print, whoever wrote what it says.</summary>
public sealed class LedgerItem
{
    private readonly SearchedEntry entry;

    internal LedgerItem(Receipt receipt) => entry = new SearchedEntry(receipt);

    /// <summary>The receipt itself: the leaf, the payload, the salt.</summary>
    public Receipt Receipt => entry.Receipt;

    /// <summary>Its place, from 0.</summary>
    public long Index => Receipt.Entry.Index;

    /// <summary>When the log accepted it.</summary>
    public DateTimeOffset At => Receipt.Entry.RecordedAt.ToDateTimeOffset();

    /// <summary>What happened, for example <c>CLAIMS_RECORDED</c>.</summary>
    public string Event => Receipt.Entry.Body.Event;

    /// <summary>What it is about, in a line that is safe to print.</summary>
    public string Summary => Sanitizer.Clean(ReceiptText.Summary(Receipt));

    /// <summary>What it says: the payload, or the content of a control event; null if it was erased or lost.</summary>
    public JsonValue? Content => Receipt.Payload?.Root ?? Receipt.Entry.Body.Control;

    /// <summary>Whether its payload was erased or lost.</summary>
    public bool IsGone => Receipt.IsErased || Receipt.IsLost;

    /// <summary>What it can be found by.</summary>
    public IReadOnlyList<FieldValue> Fields => entry.Fields;

    /// <summary>The first value of a field; null if it has none.</summary>
    public string? this[FieldId field] => Fields.Where(f => f.Field == field).Select(f => f.Value).FirstOrDefault();

    internal string TimeText => At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + "Z";

    /// <summary>Its index, time, event and summary.</summary>
    public override string ToString() =>
        Sanitizer.Clean(string.Create(CultureInfo.InvariantCulture, $"{Index, 6}  {TimeText}  {Event}  {Summary}"));
}
