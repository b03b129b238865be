using Tessrax.Canonical;
using Tessrax.Node.Files;

namespace Tessrax.Node.Stores;

/// <summary>Tells whose move it is: drawn when one begins, kept in the directory's file <c>move.json</c> first and in the ledger's row then. A copy of the directory that was made before cannot finish the move of another one.</summary>
/// <remarks><code>{"move":"64 hexadecimal digits","store":"tessrax/move/v1"}</code></remarks>
/// <param name="Hex">32 random bytes, in lowercase hexadecimal digits; null for nobody's.</param>
internal readonly record struct MoveToken(string? Hex)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "move.json";

    private const int Size = 32;
    private const string Form = "tessrax/move/v1";
    private const int MaxBytes = 4096;

    /// <summary>Nobody's: anyone may go on.</summary>
    public static MoveToken None => default;

    /// <summary>As a row has it; nothing for nobody's.</summary>
    public byte[] ToBytes() => Hex is null ? [] : Convert.FromHexString(Hex);

    /// <summary>What a row has.</summary>
    public static MoveToken FromBytes(byte[] bytes) =>
        bytes.Length == 0 ? None : new MoveToken(Convert.ToHexStringLower(bytes));

    /// <summary>Whether the directory that has this one may finish a move.</summary>
    /// <param name="moving">Whose move it is.</param>
    public bool MayFinish(MoveToken moving) => moving == None || moving == this;

    /// <summary>Draws a new one, and writes it into a ledger's directory durably.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    public static MoveToken Draw(string ledger, NodeEnvironment environment)
    {
        string hex = Convert.ToHexStringLower(environment.RandomBytes(Size));
        DurableFile.Write(
            environment.Disk,
            PathOf(ledger),
            JsonValue.Object(("store", Form), ("move", hex)).ToCanonicalBytes(),
            DurableFileOptions.Replace
        );
        return new MoveToken(hex);
    }

    /// <summary>The one of the directory's last move; <see cref="None"/> if it has none.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a one; TSX3006, TSX3007: it cannot be read.</exception>
    public static MoveToken Find(string ledger, IDisk disk) =>
        JsonFile.Read(disk, PathOf(ledger), MaxBytes, Read, None);

    private static MoveToken Read(ObjectReader reader)
    {
        reader.OneOf("store", Form);
        string hex = reader.String("move");
        return hex.Length == 2 * Size && hex.All(char.IsAsciiHexDigitLower)
            ? new MoveToken(hex)
            : throw reader.Fault("move", "names no move");
    }

    private static string PathOf(string ledger) => Path.Combine(ledger, FileName);
}
