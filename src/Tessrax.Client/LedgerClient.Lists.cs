using Tessrax.Canonical;

namespace Tessrax.Client;

// Pages of receipts.
public sealed partial class LedgerClient
{
    // What servers give at most, whether or not somebody asks for more.
    private const int MostOfPage = 200;
    private const int LongestCursor = 2048;
    private const long MostIndex = 9007199254740991;

    /// <summary>A page of receipts, each proven in one accepted checkpoint.</summary>
    /// <exception cref="TessraxException">TSX6040: one does not hold, or one in between is missing; others as <see cref="CheckpointAsync"/>.</exception>
    public async ValueTask<ReceiptPage> ReceiptsAsync(ReceiptWish wish, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(wish);
        // First, so that what it covers cannot be left out of the page.
        VerifiedCheckpoint checkpoint = await BeforePageAsync(wish, cancel).ConfigureAwait(false);
        if (wish.After is null)
            wish = wish with { Before = Math.Min(wish.Before ?? long.MaxValue, checkpoint.Head.Size) };
        JsonValue answer = (await transport.GetAsync(PathOf(wish), cancel).ConfigureAwait(false)).Json();
        JsonValue[] given = List(answer, "receipts", wish.Limit ?? MostOfPage);
        long[] indexes = [.. given.Select(IndexOf)];
        RequireInOrder(wish, indexes, checkpoint.Head.Size);
        checkpoint = await CoveringAsync(indexes.Append(0).Max() + 1, cancel).ConfigureAwait(false);
        var receipts = new VerifiedReceipt[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            if (indexes[i] >= checkpoint.Head.Size)
                throw ErrorCodes.AnswerBroken.Because(
                    $"the server gives entry {indexes[i]}, and its checkpoint covers {checkpoint.Head.Size}"
                );
            receipts[i] = ReceiptJudge.Judge(
                given[i],
                indexes[i],
                await ProveInclusionAsync(indexes[i], checkpoint, cancel).ConfigureAwait(false),
                checkpoint,
                Trust,
                options.Clock
            );
            string name = receipts[i].Receipt.Entry.Body.Event;
            if (wish.Events.Count > 0 && !wish.Events.Contains(name))
                throw ErrorCodes.AnswerBroken.Because(
                    $"the server gives entry {indexes[i]}, a {name}, which was not asked for"
                );
        }
        return new ReceiptPage(receipts, wish.Next(indexes, checkpoint.Head.Size, NextOf(answer)));
    }

    // As many requests at a time as a browser makes.
    private static ParallelOptions SomeAtOnce(CancellationToken cancel) =>
        new() { MaxDegreeOfParallelism = 6, CancellationToken = cancel };

    private ValueTask<VerifiedCheckpoint> BeforePageAsync(ReceiptWish wish, CancellationToken cancel) =>
        wish.After is { } after ? CoveringAsync(Math.Min(after, MostIndex) + 2, cancel)
        : wish.Before is { } before ? CoveringAsync(before, cancel)
        : CheckpointAsync(cancel);

    // Without a filter a page is without holes, and begins where it was asked to; with one it is in order.
    private static void RequireInOrder(ReceiptWish wish, long[] indexes, long size)
    {
        bool isWhole = wish.Events.Count == 0;
        int step = wish.After is null ? -1 : 1;
        long? last = wish.Seen ?? wish.After ?? wish.Before;
        foreach (long index in indexes)
        {
            if (last is { } before && ((index - before) * step < 1 || (isWhole && index != before + step)))
                throw ErrorCodes.AnswerBroken.Because(
                    $"the server gives entry {index} where entry {before + step} was due, so that some are missing or out of order"
                );
            last = index;
        }
        bool isMore = wish.After is { } after ? after < Math.Min(size, wish.Before ?? size) - 1 : wish.Before > 0;
        if (indexes.Length == 0 && isWhole && isMore)
            throw ErrorCodes.AnswerBroken.Because("the server gives no entries where there are some");
    }

    private static string PathOf(ReceiptWish wish)
    {
        var query = new QueryWriter("v1/receipts");
        query.Add("before", wish.Before);
        query.Add("after", wish.After);
        foreach (string name in wish.Events)
            query.Add("event", name);
        query.Add("limit", wish.Limit);
        query.Add("cursor", wish.Cursor);
        return query.ToString();
    }

    private static JsonValue[] List(JsonValue answer, string name, int most)
    {
        if (answer.Kind != JsonKind.Object || answer[name] is not { Kind: JsonKind.Array } list)
            throw ErrorCodes.AnswerBroken.Because($"the server's answer has no list of {name}");
        return list.Items.Length <= most
            ? list.Items.ToArray()
            : throw ErrorCodes.AnswerBroken.Because($"{most} {name} were asked for, and {list.Items.Length} came");
    }

    private static long IndexOf(JsonValue given) => new ServerWord(given).Read(reader => reader.Integer("index"));

    // It goes into the next address, and onto screens in commands to go on with.
    private static string? NextOf(JsonValue answer)
    {
        if (answer["next"] is not { Kind: JsonKind.String } next)
            return null;
        string text = next.AsString();
        return text.Length is > 0 and <= LongestCursor && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : throw ErrorCodes.AnswerBroken.Because("the server's cursor is none");
    }
}
