using System.Buffers;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

// The map of fields that the next EPOCH_OPENED commits to. It is no part of the folded state: where that is taken over, an epoch begins or a verifier has noted both.
public sealed partial class LedgerFold
{
    // No map is like this one.
    private static readonly EpochFields Another = new(new TreeHead(-1, default), new TreeHead(-1, default));

    private FieldMap? fields;

    // Whether the newest EPOCH_OPENED had a map; null if that is not known.
    private bool? hadFields = false;

    /// <summary>Whether the entries since the epoch began were folded in, so that what their fields give can be told. False in a bundle, and after
    /// <see cref="ImportState"/> until the next EPOCH_OPENED.</summary>
    public bool KnowsFields => fields is not null;

    /// <summary>What the fields of the present epoch add up to, to go on from by <see cref="ImportFields"/>; only if <see cref="KnowsFields"/>.</summary>
    /// <remarks>Values are in it as their keys only; but whoever has a guess can try it.</remarks>
    /// <exception cref="InvalidOperationException">Not <see cref="KnowsFields"/>.</exception>
    public byte[] ExportFields()
    {
        if (fields is null || hadFields is not { } had)
            throw new InvalidOperationException("entries were left out, so what their fields give is not known");
        var output = new ArrayBufferWriter<byte>();
        output.Write([had ? (byte)1 : (byte)0]);
        fields.Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes over what <see cref="ExportFields"/> gave at the size that this fold has now, right after <see cref="ImportState"/>.</summary>
    /// <exception cref="TessraxException">TSX5025: it is nothing of the kind.</exception>
    public void ImportFields(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] > 1)
            throw ErrorCodes.PartBroken.Because(
                "the fields of an epoch say neither that the one before had a map nor that it had none"
            );
        fields = FieldMap.Read(State.Ledger, bytes[1..], Size);
        hadFields = bytes[0] == 1;
    }

    // What EPOCH_OPENED as the next entry has to say, given what it says: where something is not known, the log's word is taken.
    internal EpochFields? DueFields(EpochFields? said)
    {
        // Ledgers begin with maps, or go over to them: nobody goes back, and has a search shown to be complete that is not.
        if (said is null)
            return hadFields == true ? fields?.Heads ?? Another : null;
        if (fields is not { } map)
            return said;
        return map.KnowsSealed ? map.Heads : map.Heads with { Sealed = said.Sealed };
    }

    private void TakeFields(Receipt receipt, object? payload)
    {
        // Refused already, but folded in all the same: of what comes after it no map can be told.
        if (receipt.Entry.Index != Size)
            fields = null;
        if (receipt.Entry.Body.Event == Events.EpochOpened)
        {
            hadFields = receipt.Entry.Body.Control?["index"]?.Kind == JsonKind.Object;
            if (!isPart)
                fields ??= new FieldMap(State.Ledger);
            fields?.Begin();
        }
        fields?.Add(receipt, payload);
    }

    private void TakeFields(in ScannedEntry entry, ReadOnlySpan<byte> leaf)
    {
        if (fields is null)
            return;
        ReadOnlySpan<byte> name = leaf[entry.Event];
        Span<char> text = stackalloc char[64];
        fields.AddOwn(entry.Index, text[..Encoding.ASCII.GetChars(name, text)], entry.By.Key);
    }
}
