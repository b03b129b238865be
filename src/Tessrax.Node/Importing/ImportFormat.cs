using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>A kind of file whose records can be brought into a ledger.</summary>
public abstract class ImportFormat
{
    /// <summary>The largest file of the kinds that are read as a whole: 256 MiB.</summary>
    public const int MostBytes = 256 << 20;

    private protected ImportFormat() { }

    /// <summary>As it is named on the command line, and in the events of its records.</summary>
    public abstract string Name { get; }

    /// <summary>The event of its records.</summary>
    public string Event => $"x-imported-{Name}";

    /// <summary>The records of a file, in order, while what the file says of itself is checked.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="input">Its bytes.</param>
    /// <param name="check">Told what was checked and what does not hold.</param>
    /// <exception cref="TessraxException">While enumerating: TSX1023 and others of <see cref="JsonValue.Parse"/>: not such a file.</exception>
    internal abstract IEnumerable<JsonValue> Read(string name, Stream input, ChainCheck check);

    /// <summary>The items of a list; none if it is none.</summary>
    internal static JsonValue[] ItemsOf(JsonValue? list) =>
        list is { Kind: JsonKind.Array } ? list.Items.ToArray() : [];

    /// <summary>All bytes of a file that is read as a whole.</summary>
    private protected static byte[] ReadWhole(string name, Stream input)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        for (int read; (read = input.Read(chunk)) > 0; bytes.Write(chunk, 0, read))
        {
            if (bytes.Length + read > MostBytes)
                throw ErrorCodes.TooLarge.Because(
                    $"{name} has more than {MostBytes} bytes",
                    "split it at a line or block, and import the parts in order: each verdict names the hash that the next one builds on"
                );
        }
        return bytes.ToArray();
    }

    /// <summary>What is wrong with a value, with the file and the record that it is in.</summary>
    private protected static IEnumerable<JsonValue> Named(string name, IEnumerable<JsonValue> values)
    {
        using IEnumerator<JsonValue> all = values.GetEnumerator();
        while (true)
        {
            try
            {
                if (!all.MoveNext())
                    yield break;
            }
            catch (TessraxException e)
            {
                throw new TessraxException(e.Code, $"{name}: {e.Message}", e.Hint, e) { Path = e.Path };
            }
            yield return all.Current;
        }
    }
}
