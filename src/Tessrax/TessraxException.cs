namespace Tessrax;

/// <summary>How a program should answer an error; the values are the exit codes of <c>tessraxctl</c>.</summary>
public enum ErrorClass
{
    /// <summary>Wrong usage or malformed input.</summary>
    Input = 2,

    /// <summary>The named thing does not exist.</summary>
    NotFound = 3,

    /// <summary>Governance refuses: approvals, windows, policy.</summary>
    Refused = 4,

    /// <summary>Bytes cannot be read or written, or what is stored is damaged.</summary>
    Storage = 5,

    /// <summary>A bug in Tessrax.</summary>
    Bug = 70,
}

/// <summary>A stable error code: its number never changes meaning, and it always comes with a hint.</summary>
/// <param name="Number">Four digits, printed as <c>TSX1234</c>.</param>
/// <param name="Class">How programs should answer it.</param>
/// <param name="Title">What the code means, without the particulars of one case.</param>
/// <param name="Cause">How that comes about, as a rule.</param>
/// <param name="Effect">What it means for the ledger and for what was asked.</param>
/// <param name="Hint">The remedy: what to do next.</param>
public sealed record ErrorCode(int Number, ErrorClass Class, string Title, string Cause, string Effect, string Hint)
{
    /// <summary>The code as printed, for example <c>TSX1003</c>.</summary>
    public override string ToString() => string.Create(null, $"TSX{Number:D4}");

    /// <summary>An exception of this code.</summary>
    /// <param name="message">What was observed, in one sentence without a final stop.</param>
    /// <param name="hint">What to do in this case, where the code's own hint is too general.</param>
    public TessraxException Because(string message, string? hint = null) => new(this, message, hint);

    /// <summary>An exception of this code that keeps the values in its message apart too: <see cref="TessraxException.Values"/>.</summary>
    /// <param name="message">What was observed, in one interpolated sentence without a final stop.</param>
    /// <param name="hint">What to do in this case, where the code's own hint is too general.</param>
    public TessraxException Because(ErrorText message, string? hint = null) => new(this, message, hint);
}

/// <summary>Bad input, a refusal, or a failure of the outside world, with a code and a hint. Misuse of the API throws
/// <see cref="ArgumentException"/> instead, and a verifier answers "no" rather than throw.</summary>
public sealed class TessraxException : Exception
{
    /// <param name="code">The stable code.</param>
    /// <param name="message">What was observed.</param>
    /// <param name="hint">What to do; the code's own hint if null.</param>
    /// <param name="inner">The cause, if any.</param>
    public TessraxException(ErrorCode code, string message, string? hint = null, Exception? inner = null)
        : this(code, message, [], hint, inner) { }

    /// <inheritdoc cref="TessraxException(ErrorCode, string, string?, Exception?)"/>
    public TessraxException(ErrorCode code, ErrorText message, string? hint = null, Exception? inner = null)
        : this(code, message.ToText(), message.Values, hint, inner) { }

    private TessraxException(
        ErrorCode code,
        string message,
        IReadOnlyList<KeyValuePair<string, string>> values,
        string? hint,
        Exception? inner
    )
        : base(message, inner)
    {
        ArgumentNullException.ThrowIfNull(code);
        Code = code;
        Hint = hint ?? code.Hint;
        Values = values;
    }

    /// <summary>The stable code.</summary>
    public ErrorCode Code { get; }

    /// <summary>What to do next.</summary>
    public string Hint { get; }

    /// <summary>The values that the message tells of, each with a name and as it is printed there, in their order. A name tells what the value is for
    /// people who read logs; unlike the code it may change between versions.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values { get; }

    /// <summary>Where in the input: a JSON path such as <c>$.metrics.cvss.tolerance</c>, if one is known.</summary>
    public string? Path { get; init; }

    /// <summary>What to ask by, where the outcome is unknown; null otherwise.</summary>
    public string? Token { get; init; }

    /// <summary>Where in the input: a byte offset from its start, or -1.</summary>
    public long Offset { get; init; } = -1;
}
