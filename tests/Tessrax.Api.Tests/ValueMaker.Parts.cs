using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Tessrax.Keys;

namespace Tessrax.Api.Tests;

/// <content>Numbers, texts, collections and functions.</content>
internal sealed partial class ValueMaker
{
    private static readonly long[] Edges =
    [
        -1,
        long.MinValue,
        long.MaxValue,
        int.MinValue,
        int.MaxValue,
        (1L << 53) - 1,
        1L << 53,
        1L << 32,
        65_535,
        65_536,
        256,
        257,
    ];

    private static readonly string[] WildTexts =
    [
        "",
        " ",
        "\0",
        "\ud800",
        "a\ud83d",
        "\u202e\u0000\u001b[31m",
        "İıß",
        "e\u0301\u0301\u0301",
        "-0",
        "1e400",
        "9007199254740993",
        "sha256:00",
        "null",
        "{}",
        "[]",
        "'; --",
        "%2e%2e%2f",
        "a\nb\r\nc",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ];

    // null for other types.
    private object? Scalar(Type type, string name, bool isWild)
    {
        if (type == typeof(string))
            return Text(name, isWild);
        if (type == typeof(bool))
            return random.Next(2) == 0;
        if (type == typeof(double))
            return isWild
                ? Wild([double.NaN, double.PositiveInfinity, -1, double.MaxValue, 0])
                : random.Next(500) / 4.0;
        if (type == typeof(TimeSpan))
            return isWild
                ? Wild([TimeSpan.Zero, TimeSpan.MaxValue, TimeSpan.MinValue, TimeSpan.FromTicks(-1)])
                : TimeSpan.FromSeconds(random.Next(1, 600));
        if (type == typeof(DateTimeOffset))
            return isWild
                ? Wild([DateTimeOffset.MinValue, DateTimeOffset.MaxValue])
                : DateTimeOffset.UnixEpoch.AddDays(20_000);
        if (type == typeof(Rune))
            return new Rune(isWild ? 0x10FFFF : random.Next(32, 0xD800));
        if (type == typeof(char))
            return (char)random.Next(isWild ? 0x10000 : 128);
        if (type == typeof(UInt128))
            return isWild ? UInt128.MaxValue : (UInt128)random.Next();
        return Integer(type, name, isWild);
    }

    private object? Integer(Type type, string name, bool isWild)
    {
        long value =
            isWild ? Wild(Edges)
            : random.Next(4) > 0 ? random.Next(12)
            : pool.Scalar<long>(name);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int64 => value,
            TypeCode.Int32 => (int)Math.Clamp(value, int.MinValue, int.MaxValue),
            TypeCode.Byte => (byte)(value & byte.MaxValue),
            TypeCode.UInt16 => (ushort)(value & ushort.MaxValue),
            TypeCode.UInt32 => (uint)(value & uint.MaxValue),
            TypeCode.UInt64 => unchecked((ulong)value),
            _ => null,
        };
    }

    private string Text(string name, bool isWild)
    {
        if (!isWild)
            return pool.Scalar<string>(name) ?? "example.com/a";
        string text = pool.Scalar<string>(name) ?? "";
        return random.Next(4) switch
        {
            0 => new string('x', random.Next(2000, 70_000)),
            1 => text + Wild(WildTexts),
            2 when text.Length > 0 => text[..random.Next(text.Length)],
            _ => Wild(WildTexts),
        };
    }

    private T Wild<T>(T[] of) => of[random.Next(of.Length)];

    // null for what is no collection.
    private object? Collection(Type type, string name, bool isWild, int depth)
    {
        if (type == typeof(byte[]))
            return Bytes(name, isWild);
        if (type.IsArray)
            return Items(type.GetElementType()!, name, isWild, depth);
        if (!type.IsGenericType)
            return null;
        Type[] of = type.GetGenericArguments();
        Type definition = type.GetGenericTypeDefinition();
        if (definition == typeof(ReadOnlyMemory<>) || definition == typeof(Memory<>))
            return Activator.CreateInstance(type, Items(of[0], name, isWild, depth));
        if (
            definition == typeof(KeyValuePair<,>)
            || definition.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
        )
            return Activator.CreateInstance(type, [.. of.Select(one => Value(one, name, isWild, depth - 1))]);
        if (!type.IsInterface)
            return null;
        if (!isWild && random.Next(2) == 0 && pool.Pick(type) is { } whole)
            return whole;
        if (of.Length == 2 && type.Name.Contains("Dictionary", StringComparison.Ordinal))
            return Filled(typeof(Dictionary<,>).MakeGenericType(of), of, name, isWild, depth);
        if (definition == typeof(IReadOnlySet<>))
            return Filled(typeof(HashSet<>).MakeGenericType(of), of, name, isWild, depth);
        return type.IsAssignableFrom(of[0].MakeArrayType()) ? Items(of[0], name, isWild, depth) : null;
    }

    private object Filled(Type type, Type[] of, string name, bool isWild, int depth)
    {
        object made = Activator.CreateInstance(type)!;
        MethodInfo add = type.GetMethod(of.Length == 2 ? "set_Item" : "Add", of)!;
        for (int i = random.Next(3); i > 0; i--)
            add.Invoke(made, [.. of.Select(one => Value(one, name, isWild, depth - 1))]);
        return made;
    }

    private Array Items(Type element, string name, bool isWild, int depth)
    {
        if (element == typeof(byte))
            return Bytes(name, isWild);
        if (element == typeof(char))
            return Text(name, isWild).ToCharArray();
        int count = depth <= 0 ? 0 : Wild([0, 1, 1, 2, 3, 7]);
        Array items = Array.CreateInstance(element, count);
        for (int i = 0; i < count; i++)
            items.SetValue(Value(element, name, isWild, depth - 1), i);
        return items;
    }

    // A function that always gives the same value, made now.
    private object? Function(Type type, int depth)
    {
        if (type == typeof(Governance.Signer))
        {
            var key = (PrivateKey)scenes.Fresh(typeof(PrivateKey))!;
            return new Governance.Signer(message => key.Sign(message));
        }
        if (type == typeof(Node.RandomSource))
            return new Node.RandomSource(Node.SystemRandom.Fill);
        MethodInfo invoke = type.GetMethod("Invoke")!;
        Type result = invoke.ReturnType;
        object? given = result == typeof(void) || depth <= 0 ? null : Given(result, depth);
        var function = new DynamicMethod(
            "Given",
            result,
            [typeof(Closure), .. invoke.GetParameters().Select(parameter => parameter.ParameterType)],
            typeof(ValueMaker).Module,
            skipVisibility: true
        );
        ILGenerator il = function.GetILGenerator();
        if (result != typeof(void))
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, typeof(Closure).GetField(nameof(Closure.Value))!);
            il.Emit(OpCodes.Unbox_Any, result);
        }
        il.Emit(OpCodes.Ret);
        return function.CreateDelegate(type, new Closure { Value = given });
    }

    private object? Given(Type result, int depth)
    {
        bool mayBeNull = Nullable.GetUnderlyingType(result) is not null;
        return mayBeNull && random.Next(3) == 0 ? null : Value(result, "", false, depth - 1);
    }

    private sealed class Closure
    {
        public object? Value;
    }
}
