namespace Tessrax;

/// <summary>Every error code of Tessrax. 1xxx input, 2xxx keys and notes, 3xxx storage, 4xxx governance, 5xxx verification, 6xxx server.</summary>
public static partial class ErrorCodes
{
    // Each code enters itself. Without an initializer, since nobody says which of the files comes first.
    private static List<ErrorCode>? known;

    /// <summary>A failure that Tessrax did not foresee.</summary>
    public static readonly ErrorCode Bug = Enter(
        7000,
        ErrorClass.Bug,
        "a bug in Tessrax",
        "something happened that the program does not foresee",
        "please report it with what you did; the ledger is as it was before",
        "the command stopped; what the ledger acknowledged is durable"
    );

    /// <summary>All codes, by number.</summary>
    public static IReadOnlyList<ErrorCode> All => [.. known!.OrderBy(static code => code.Number)];

    private static ErrorCode Input(int number, string title, string cause, string hint, string? effect = null) =>
        Enter(number, ErrorClass.Input, title, cause, hint, effect);

    private static ErrorCode NotFound(int number, string title, string cause, string hint, string? effect = null) =>
        Enter(number, ErrorClass.NotFound, title, cause, hint, effect);

    private static ErrorCode Storage(int number, string title, string cause, string hint, string? effect = null) =>
        Enter(
            number,
            ErrorClass.Storage,
            title,
            cause,
            hint,
            effect ?? "the command stopped there; what the ledger acknowledged before is durable"
        );

    private static ErrorCode Refused(int number, string title, string cause, string hint, string? effect = null) =>
        Enter(
            number,
            ErrorClass.Refused,
            title,
            cause,
            hint,
            effect ?? "nothing was recorded; the ledger is as it was"
        );

    private static ErrorCode Finding(int number, string title, string cause, string hint, string? effect = null) =>
        Enter(
            number,
            ErrorClass.Input,
            title,
            cause,
            hint,
            effect ?? "what was checked does not hold; nothing was changed"
        );

    private static ErrorCode Enter(
        int number,
        ErrorClass answer,
        string title,
        string cause,
        string hint,
        string? effect
    )
    {
        var code = new ErrorCode(number, answer, title, cause, effect ?? "nothing was changed", hint);
        (known ??= []).Add(code);
        return code;
    }
}
