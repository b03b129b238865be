using System.Text;

namespace Tessrax.Node.Importing;

/// <summary>Reads comma-separated values (RFC 4180): the first record names the columns, and each other one has as many fields.</summary>
/// <remarks>Fields are texts. Lines end in LF or CRLF; a field in quotes may hold both, and a quote twice. A byte order mark is skipped; what is not UTF-8 is refused.</remarks>
internal sealed class CsvText
{
    /// <summary>The most characters of a record.</summary>
    public const int MaxRecord = 1024 * 1024;

    /// <summary>The most columns.</summary>
    public const int MaxColumns = 1024;

    private readonly StreamReader reader;
    private readonly char delimiter;
    private readonly StringBuilder field = new();
    private readonly char[] read = new char[1 << 15];
    private int at;
    private int end;
    private long line = 1;
    private int length;

    private CsvText(StreamReader reader, char delimiter)
    {
        this.reader = reader;
        this.delimiter = delimiter;
    }

    /// <summary>The columns, and then each record with the line that it begins on.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX1023: not such a file, with the line.</exception>
    public static IEnumerable<(long Line, string[] Fields)> ReadAll(Stream input, char delimiter)
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(input, strict, false, 1 << 16, leaveOpen: true);
        var csv = new CsvText(reader, delimiter);
        if (csv.Peek() == '\uFEFF')
            csv.at++;
        int columns = 0;
        while (csv.ReadRecord(columns == 1, out long began) is { } fields)
        {
            if (columns == 0)
                RequireNames(fields);
            else if (fields.Length != columns)
                throw ErrorCodes.BadImport.Because(
                    $"line {began}: {fields.Length} fields, where the first line names {columns}"
                );
            columns = fields.Length;
            yield return (began, fields);
        }
        if (columns == 0)
            throw ErrorCodes.BadImport.Because("the file is empty: its first line must name the columns");
    }

    private static void RequireNames(string[] names)
    {
        if (names.FirstOrDefault(string.IsNullOrWhiteSpace) is not null)
            throw ErrorCodes.BadImport.Because("line 1: a column has no name");
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw ErrorCodes.BadImport.Because($"line 1: two columns are named '{twice.Key}'");
    }

    // Null at the end. Empty lines between records are skipped; in a table of one column they are records.
    private string[]? ReadRecord(bool isOneColumn, out long began)
    {
        length = 0;
        int first;
        while ((first = Peek()) is '\r' or '\n' && !isOneColumn)
        {
            Next();
            length = 0;
        }
        began = line;
        if (first < 0)
            return null;
        var fields = new List<string>();
        do
        {
            if (fields.Count == MaxColumns)
                throw Fault($"more than {MaxColumns} fields");
            fields.Add(Peek() == '"' ? ReadQuoted() : ReadPlain());
        } while (Take(delimiter));
        if (Peek() == '\r')
            Next();
        if (Peek() >= 0 && !Take('\n'))
            throw Fault("text stands behind a closing quote, or a line ends in CR alone");
        return [.. fields];
    }

    private string ReadPlain()
    {
        field.Clear();
        while (Peek() is var c && c >= 0 && c != delimiter && c is not ('\r' or '\n'))
        {
            if (c == '"')
                throw Fault("a quote stands within a field that does not begin with one");
            field.Append((char)Next());
        }
        return field.ToString();
    }

    private string ReadQuoted()
    {
        field.Clear();
        long opened = line;
        Next();
        while (true)
        {
            int c = Next();
            if (c < 0)
                throw ErrorCodes.BadImport.Because($"line {opened}: a quote is not closed");
            if (c != '"')
                field.Append((char)c);
            else if (Take('"'))
                field.Append('"');
            else
                return field.ToString();
        }
    }

    private bool Take(char wanted)
    {
        if (Peek() != wanted)
            return false;
        Next();
        return true;
    }

    private int Next()
    {
        int c = Peek();
        at++;
        if (c == '\n')
            line++;
        if (++length > MaxRecord)
            throw Fault($"a record of more than {MaxRecord} characters");
        return c;
    }

    // -1 at the end.
    private int Peek() => at < end || Fill() ? read[at] : -1;

    private bool Fill()
    {
        at = 0;
        try
        {
            end = reader.Read(read, 0, read.Length);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("the file is not text in UTF-8");
        }
        return end > 0;
    }

    private TessraxException Fault(string what) => ErrorCodes.BadImport.Because($"line {line}: {what}");
}
