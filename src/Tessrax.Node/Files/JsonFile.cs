using Tessrax.Canonical;

namespace Tessrax.Node.Files;

/// <summary>A small file of ours that holds one JSON object.</summary>
internal static class JsonFile
{
    /// <summary>Reads it.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="file">Its path.</param>
    /// <param name="most">So many bytes it may have.</param>
    /// <param name="read">Takes the members; what is left over is refused.</param>
    /// <param name="absent">What is given where there is no such file.</param>
    /// <exception cref="TessraxException">TSX3003: the file is not of that form; TSX3006, TSX3007: it cannot be read.</exception>
    public static T Read<T>(IDisk disk, string file, int most, Func<ObjectReader, T> read, T absent)
    {
        if (!disk.Exists(file))
            return absent;
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(DurableFile.Read(disk, file, most)));
            T value = read(reader);
            reader.End();
            return value;
        }
        catch (TessraxException e) when (e.Code.Number is > 1000 and < 2000)
        {
            throw ErrorCodes.Damaged.Because($"{file}: {e.Message}");
        }
    }
}
