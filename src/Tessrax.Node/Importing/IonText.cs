using System.Text;
using System.Text.Unicode;
using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>Reads Amazon Ion text (amazon-ion.github.io/ion-docs, version 1.0), of which JSON is a part, value by value into JSON.</summary>
/// <remarks>
/// What JSON has no word for becomes a text: blobs and clobs in base64, timestamps and symbols as they are written, and numbers that a double would round, digit by digit.
/// Annotations are kept beside their value: <c>{"$ion_annotations":["degrees"],"$ion_value":21}</c>. Symbol tables, which text does not need, are skipped.
/// </remarks>
internal sealed class IonText
{
    private const string VersionMarker = "$ion_1_0";
    private const string SymbolTable = "$ion_symbol_table";

    private readonly IonScanner scanner;

    private IonText(string text) => scanner = new IonScanner(text);

    /// <summary>The values of a text, one after the other; commas between them are not Ion, but some exports of JSON have them.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX1023: not Ion text, with the line; TSX1002, 1004, 1005: as for JSON.</exception>
    public static IEnumerable<JsonValue> ReadAll(ReadOnlySpan<byte> utf8) => new IonText(Decode(utf8)).All();

    private static string Decode(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> binary = [0xE0, 0x01, 0x00, 0xEA];
        if (utf8.StartsWith(binary))
            throw ErrorCodes.BadImport.Because(
                "this is binary Ion",
                "export the journal as ION_TEXT or JSON, or convert it: ion-cli and the Ion libraries write text"
            );
        ReadOnlySpan<byte> gzip = [0x1F, 0x8B];
        if (utf8.StartsWith(gzip))
            throw ErrorCodes.BadImport.Because("the file is compressed", "unpack it first: gunzip FILE");
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        return Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8)
            : throw ErrorCodes.BadImport.Because("the file is not text in UTF-8");
    }

    private IEnumerable<JsonValue> All()
    {
        while (scanner.SkipSpace())
        {
            List<string> annotations = [];
            JsonValue value = Read(0, annotations);
            bool isMarker = value.Kind == JsonKind.String && value.AsString() == VersionMarker;
            if (!isMarker && (annotations.Count == 0 || annotations[0] != SymbolTable))
                yield return Annotated(annotations, value);
            if (scanner.SkipSpace())
                scanner.TryTake(',');
        }
    }

    private JsonValue Read(int depth)
    {
        List<string> annotations = [];
        return Annotated(annotations, Read(depth, annotations));
    }

    private static JsonValue Annotated(List<string> annotations, JsonValue value) =>
        annotations.Count == 0
            ? value
            : JsonValue.Object(
                ("$ion_annotations", JsonValue.Of(annotations.Select(JsonValue.String))),
                ("$ion_value", value)
            );

    private JsonValue Read(int depth, List<string> annotations)
    {
        while (true)
        {
            scanner.SkipSpace();
            if (!scanner.IsSymbolAhead)
                return ReadPlain(depth);
            string symbol = scanner.TakeSymbol(out bool isQuoted);
            scanner.SkipSpace();
            if (!scanner.TryTake("::"))
                return isQuoted ? JsonValue.String(symbol) : Keyword(symbol);
            annotations.Add(symbol);
        }
    }

    private JsonValue Keyword(string symbol)
    {
        switch (symbol)
        {
            case "null":
                if (scanner.TryTake("."))
                    scanner.TakeSymbol(out _); // null.int and its like
                return JsonValue.Null;
            case "true":
                return JsonValue.True;
            case "false":
                return JsonValue.False;
            default:
                return JsonValue.String(symbol); // nan, too
        }
    }

    private JsonValue ReadPlain(int depth)
    {
        if (depth >= JsonValue.MaxDepth)
            throw ErrorCodes.TooDeep.Because($"line {scanner.Line}: nested deeper than {JsonValue.MaxDepth} levels");
        if (scanner.TryTake("{{"))
            return JsonValue.String(scanner.TakeLob());
        if (scanner.TryTake('{'))
            return ReadStruct(depth);
        if (scanner.TryTake('['))
            return JsonValue.Of(ReadItems(depth));
        if (scanner.TryTake('('))
            return JsonValue.Of(ReadExpression(depth));
        if (scanner.IsTextAhead)
            return JsonValue.String(scanner.TakeText());
        return IonNumber.Read(scanner.TakeNumber()) ?? throw scanner.Fault("neither a number nor a time");
    }

    private JsonValue ReadStruct(int depth)
    {
        var members = new List<(string, JsonValue?)>();
        while (HasNext('}', members.Count == 0))
        {
            string name = scanner.IsTextAhead ? scanner.TakeText() : scanner.TakeSymbol(out _);
            scanner.SkipSpace();
            if (!scanner.TryTake(':'))
                throw scanner.Fault("a colon is missing");
            members.Add((name, Read(depth + 1)));
        }
        return JsonValue.Object([.. members]);
    }

    private List<JsonValue> ReadItems(int depth)
    {
        var items = new List<JsonValue>();
        while (HasNext(']', items.Count == 0))
            items.Add(Read(depth + 1));
        return items;
    }

    // Ion allows a comma before the end.
    private bool HasNext(char end, bool isFirst)
    {
        scanner.SkipSpace();
        if (scanner.TryTake(end))
            return false;
        if (isFirst)
            return true;
        if (!scanner.TryTake(','))
            throw scanner.Fault($"a comma or {end} is missing");
        scanner.SkipSpace();
        return !scanner.TryTake(end);
    }

    private List<JsonValue> ReadExpression(int depth)
    {
        var items = new List<JsonValue>();
        while (true)
        {
            scanner.SkipSpace();
            if (scanner.TryTake(')'))
                return items;
            items.Add(scanner.TakeOperator() is { } symbol ? JsonValue.String(symbol) : Read(depth + 1));
        }
    }
}
