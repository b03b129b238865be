using Tessrax.Canonical;

namespace Tessrax.Node.Index;

/// <summary>An index that was made.</summary>
/// <param name="Size">Entries that it holds.</param>
/// <param name="Bytes">The bytes of its files.</param>
/// <param name="Elapsed">How long it took, without what was done before it was cut short.</param>
/// <param name="Backend">Its kind.</param>
/// <param name="ResumedFrom">The entries that it held already, since an earlier run was cut short; null if none was.</param>
public sealed record IndexMade(long Size, long Bytes, TimeSpan Elapsed, string Backend, long? ResumedFrom)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("size", Size),
            ("bytes", Bytes),
            ("seconds", JsonValue.Number(Math.Round(Elapsed.TotalSeconds, 3))),
            ("backend", Backend),
            ("resumed_from", ResumedFrom is { } from ? (JsonValue)from : JsonValue.Null)
        );
}

/// <summary>How an index is to be made; what is null stays as it is.</summary>
/// <param name="Backend">Its kind: <c>sqlite</c>, <c>rocksdb</c>.</param>
/// <param name="HasText">Whether it holds the words of texts.</param>
/// <param name="Threads">How many read and cut words, whoever writes among them; null for as many as there are.</param>
/// <param name="ReplacesNewer">Whether one that a newer program made may be replaced.</param>
public sealed record IndexWish(
    string? Backend = null,
    bool? HasText = null,
    int? Threads = null,
    bool ReplacesNewer = false
);
