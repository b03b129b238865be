namespace Tessrax;

/// <summary>Every error code of Tessrax. 1xxx input, 2xxx keys and notes, 3xxx storage, 4xxx governance, 5xxx verification.</summary>
public static partial class ErrorCodes
{
    // Each code enters itself. Without an initializer, since nobody says which of the files comes first.
    private static List<ErrorCode>? known;

    /// <summary>A failure that Tessrax did not foresee.</summary>
    public static readonly ErrorCode Bug = Enter(
        7000,
        ErrorClass.Bug,
        "a bug in Tessrax",
        "please report it with what you did; the ledger is as it was before"
    );

    /// <summary>All codes, by number.</summary>
    public static IReadOnlyList<ErrorCode> All => [.. known!.OrderBy(static code => code.Number)];

    private static ErrorCode Input(int number, string title, string hint) =>
        Enter(number, ErrorClass.Input, title, hint);

    private static ErrorCode NotFound(int number, string title, string hint) =>
        Enter(number, ErrorClass.NotFound, title, hint);

    private static ErrorCode Storage(int number, string title, string hint) =>
        Enter(number, ErrorClass.Storage, title, hint);

    private static ErrorCode Refused(int number, string title, string hint) =>
        Enter(number, ErrorClass.Refused, title, hint);

    private static ErrorCode Finding(int number, string title, string hint) =>
        Enter(number, ErrorClass.Input, title, hint);

    private static ErrorCode Enter(int number, ErrorClass answer, string title, string hint)
    {
        var code = new ErrorCode(number, answer, title, hint);
        (known ??= []).Add(code);
        return code;
    }
}
