namespace Tessrax.Keys;

/// <summary>What may name a log: the first line of its checkpoints and the name of its key (C2SP tlog-checkpoint).</summary>
public static class Origins
{
    /// <summary>The longest origin, in bytes of UTF-8: what a one-byte length holds (C2SP tlog-cosignature, <c>log_origin</c>).</summary>
    public const int MaxBytes = 255;

    // Labels of signed bytes begin so; a checkpoint that began the same could be taken for one of them.
    private static readonly string[] Reserved = ["tessrax/", "cosignature/"];

    /// <summary>Returns an origin that may be used, such as <c>example.com/ledger</c>.</summary>
    /// <exception cref="TessraxException">TSX1009: empty, longer than 255 bytes, with spaces, plus signs or control characters,
    /// or beginning with <c>tessrax/</c> or <c>cosignature/</c>.</exception>
    public static string Check(string origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        if (!NoteText.IsName(origin) || origin.Any(char.IsControl))
            throw Fault(
                origin.Length == 0
                    ? "the origin is empty"
                    : "the origin has a space, a plus sign or a control character"
            );
        if (NoteText.Utf8.GetByteCount(origin) > MaxBytes)
            throw Fault($"the origin is longer than {MaxBytes} bytes");
        return IsReserved(origin)
            ? throw Fault($"the origin '{origin}' begins with tessrax/ or cosignature/, which is reserved")
            : origin;
    }

    internal static bool IsReserved(string origin) =>
        Array.Exists(Reserved, label => origin.StartsWith(label, StringComparison.Ordinal));

    private static TessraxException Fault(string what) =>
        ErrorCodes.BadValue.Because(what, "an origin reads like a URL without its scheme: example.com/ledger");
}
